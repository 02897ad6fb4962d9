#include "thread.h"

#include "apr_atomic.h"

#include "log.h"

static apr_threadkey_t *current_key;
static apr_uint32_t last_id;


/* The thread states belong to their interpreters; the text has no other owner. */
static void forget_thread(void *data)
{
    wsgi_thread *thread = data;

    wsgi_log_rest(NULL, &thread->standard_output);
    wsgi_log_rest(NULL, &thread->standard_error);
    free(thread);
}


static apr_status_t delete_key(void *unused)
{
    (void)unused;
    return apr_threadkey_private_delete(current_key);
}


void wsgi_threads_init(apr_pool_t *child_pool)
{
    last_id = 0;
    ap_assert(apr_threadkey_private_create(&current_key, forget_thread, child_pool) == APR_SUCCESS);
    /* Threads may outlive the pool, and the module's code with it: none must run forget_thread() then. */
    apr_pool_cleanup_register(child_pool, NULL, delete_key, apr_pool_cleanup_null);
}


wsgi_thread *wsgi_thread_current(void)
{
    void *data = NULL;
    wsgi_thread *thread;

    apr_threadkey_private_get(&data, current_key);
    if (data)
        return data;
    thread = calloc(1, sizeof(*thread));
    if (!thread)
        ap_abort_on_oom();
    thread->python_id = PyThread_get_thread_ident();
    wsgi_turn_init(&thread->turn, PyThread_get_thread_native_id());
    thread->id = (int)apr_atomic_inc32(&last_id) + 1;
    apr_threadkey_private_set(thread, current_key);
    return thread;
}
