#include "interpreter.h"

#include "apr_atomic.h"

#include "config.h"
#include "events.h"
#include "interpreter_setup.h"
#include "log.h"
#include "process.h"
#include "response.h"
#include "thread.h"

/* How long the end of a process waits for Python threads; Apache kills a child that takes 9 seconds to stop. */
#define THREADS_END_WITHIN 3.0

static apr_thread_mutex_t *interpreters_lock;  /* never waited for with the GIL held, or in one's turn */
static wsgi_interpreter *interpreters;         /* the main one is the last */
static wsgi_interpreter *main_interpreter;
static apr_pool_t *interpreters_pool;
static apr_thread_mutex_t *states_lock;  /* of all thread_states and their pool; held for a moment only */
static apr_pool_t *states_pool;          /* a state stays until its interpreter ends, as Python's own do */
static apr_uint32_t threads_inside;      /* interpreters entered and not left, in the whole process */


/* Thread states */

static PyThreadState *state_of(wsgi_thread *thread, wsgi_interpreter *interpreter)
{
    wsgi_thread_state *entry;

    for (entry = thread->states; entry; entry = entry->next)
        if (entry->interpreter == interpreter)
            return entry->state;
    return NULL;
}


static void remember_state(wsgi_thread *thread, wsgi_interpreter *interpreter, PyThreadState *state)
{
    wsgi_thread_state *entry;

    apr_thread_mutex_lock(states_lock);
    entry = apr_pcalloc(states_pool, sizeof(*entry));
    APR_ARRAY_PUSH(interpreter->thread_states, wsgi_thread_state *) = entry;
    apr_thread_mutex_unlock(states_lock);
    entry->interpreter = interpreter;
    entry->state = state;
    entry->next = thread->states;
    thread->states = entry;
}


static PyThreadState *state_for(wsgi_thread *thread, wsgi_interpreter *interpreter)
{
    PyThreadState *state = state_of(thread, interpreter);

    if (!state) {
        state = PyThreadState_New(interpreter->state);
        if (!state)
            ap_abort_on_oom();
        remember_state(thread, interpreter, state);
    }
    return state;
}


static void enter(wsgi_thread *thread, wsgi_interpreter *interpreter)
{
    /* The thread's first state is the one that PyGILState_Ensure() uses. It has to be the main interpreter's, where
     * extension modules that use that call are supported. */
    PyThreadState *of_main = state_for(thread, main_interpreter);
    PyThreadState *state = interpreter == main_interpreter ? of_main : state_for(thread, interpreter);

    thread->inside++;
    apr_atomic_inc32(&threads_inside);
    /* Not for what a request itself asks for: it would wait for its own turn. */
    if (thread->inside == 1)
        wsgi_turn_take(&thread->turn);
    PyEval_RestoreThread(state);
    if (thread->inside == 1)
        wsgi_turn_begin(&thread->turn);
}


static void left(wsgi_thread *thread)
{
    apr_atomic_dec32(&threads_inside);
    thread->inside--;
    if (!thread->inside)
        wsgi_turn_give_back(&thread->turn);
}


void wsgi_interpreter_leave(void)
{
    PyEval_SaveThread();
    left(wsgi_thread_current());
}


static wsgi_interpreter *new_interpreter(const char *name)
{
    apr_pool_t *pool;
    wsgi_interpreter *interpreter;

    apr_pool_create(&pool, interpreters_pool);
    apr_pool_tag(pool, "wsgi_interpreter");
    interpreter = apr_pcalloc(pool, sizeof(*interpreter));
    interpreter->pool = pool;
    interpreter->name = apr_pstrdup(pool, name);
    interpreter->scripts = apr_hash_make(pool);
    interpreter->label = *name ? apr_psprintf(pool, "sub-interpreter '%s' in %s", name, wsgi_process_facts().label)
                               : apr_psprintf(pool, "Python main interpreter in %s", wsgi_process_facts().label);
    apr_thread_mutex_lock(states_lock);
    interpreter->thread_states = apr_array_make(states_pool, 8, sizeof(wsgi_thread_state *));
    apr_thread_mutex_unlock(states_lock);
    return interpreter;
}


/* Ends the current sub-interpreter and makes the main one's thread state current again. */
static void end_sub_interpreter(PyThreadState *state, PyThreadState *of_main)
{
    Py_EndInterpreter(state);
#if PY_VERSION_HEX >= 0x030C0000
    PyEval_RestoreThread(of_main);
#else
    PyThreadState_Swap(of_main);
#endif
}


/* Called with the lock held and without the GIL. */
static wsgi_interpreter *make_interpreter(wsgi_thread *thread, const char *name)
{
    wsgi_interpreter *interpreter = new_interpreter(name);
    PyThreadState *of_main;
    PyThreadState *state;

    enter(thread, main_interpreter);
    of_main = PyThreadState_Get();
    state = Py_NewInterpreter();
    if (!state) {
        PyThreadState_Swap(of_main);
        wsgi_log(NULL, APLOG_CRIT, "WSGI0035: Unable to setup %s.", interpreter->label);
        interpreter = NULL;
    }
    else {
        interpreter->state = PyThreadState_GetInterpreter(state);
        if (wsgi_interpreter_prepare(interpreter) < 0) {
            wsgi_log_exception(NULL, apr_psprintf(interpreter->pool, "WSGI0035: Unable to setup %s.", interpreter->label));
            wsgi_interpreter_clear(interpreter);
            end_sub_interpreter(state, of_main);
            interpreter = NULL;
        }
        else {
            remember_state(thread, interpreter, state);
            interpreter->next = interpreters;
            interpreters = interpreter;
        }
    }
    wsgi_interpreter_leave();
    return interpreter;
}


/* Called with the lock held. */
static int is_one_too_many(const char *name)
{
    const wsgi_interpreter *interpreter;
    int count = 0;

    for (interpreter = interpreters; interpreter; interpreter = interpreter->next)
        count += !interpreter->is_fixed;
    if (count < WSGI_MOST_NAMED_BY_REQUESTS)
        return 0;
    wsgi_log(NULL, APLOG_ERR,
             "The application group '%s' gets no interpreter: there are %d already whose names come from requests, as many as "
             "a process makes. Clients can make up host names: name the group with WSGIApplicationGroup or "
             "application-group=, or let only known names reach the virtual host.", name, count);
    return 1;
}


wsgi_interpreter *wsgi_interpreter_find(const char *name, int is_fixed)
{
    wsgi_interpreter *interpreter;

    if (!main_interpreter) {
        wsgi_log(NULL, APLOG_ERR,
                     "WSGI0210: Embedded mode of mod_wsgi cannot be used as Python was not initialised; see the "
                     "messages from the start of this process.");
        return NULL;
    }
    if (!*name)
        return main_interpreter;
    apr_thread_mutex_lock(interpreters_lock);
    for (interpreter = interpreters; interpreter; interpreter = interpreter->next)
        if (!strcmp(interpreter->name, name))
            break;
    if (!interpreter && (is_fixed || !is_one_too_many(name))) {
        interpreter = make_interpreter(wsgi_thread_current(), name);
        if (interpreter)
            interpreter->is_fixed = is_fixed;
    }
    apr_thread_mutex_unlock(interpreters_lock);
    return interpreter;
}


void wsgi_interpreter_enter(wsgi_interpreter *interpreter)
{
    enter(wsgi_thread_current(), interpreter);
}


void wsgi_interpreters_visit(void (*visit)(wsgi_interpreter *interpreter, int number), int number)
{
    wsgi_interpreter *interpreter;

    apr_thread_mutex_lock(interpreters_lock);
    interpreter = interpreters;
    apr_thread_mutex_unlock(interpreters_lock);
    /* New ones are put in front, and none is taken out before the end. */
    for (; interpreter && main_interpreter; interpreter = interpreter->next) {
        wsgi_interpreter_enter(interpreter);
        visit(interpreter, number);
        wsgi_interpreter_leave();
    }
}


/* The end. It runs when Apache destroys the child's pool. */

static int end_threads(const wsgi_interpreter *interpreter)
{
    PyObject *limit = PyFloat_FromDouble(THREADS_END_WITHIN);
    PyObject *ended = limit ? wsgi_interpreter_call(interpreter, "end_threads", limit) : NULL;
    const int all_ended = ended == Py_True;

    if (!ended)
        wsgi_log_exception(NULL, "WSGI0097: Exception raised by Python atexit functions of 'threading'.");
    else if (!all_ended)
        wsgi_log(NULL, APLOG_WARNING,
                     "Python threads did not end within %.0f seconds and are abandoned; make them daemon threads, or "
                     "stop them in a function registered with atexit.", THREADS_END_WITHIN);
    Py_XDECREF(limit);
    Py_XDECREF(ended);
    return all_ended;
}


static void run_exit_functions(const wsgi_interpreter *interpreter)
{
    PyObject *result = wsgi_interpreter_call(interpreter, "run_exit_functions", NULL);

    if (!result)
        wsgi_log_exception(NULL, "WSGI0098: Exception raised by Python atexit functions.");
    Py_XDECREF(result);
}


/* Py_EndInterpreter() takes no interpreter with other thread states. Apache's threads have ended, but their states
 * have not; returns whether `own` is the only one once those are gone. */
static int is_last_state(const wsgi_interpreter *interpreter, PyThreadState *own)
{
    int i;

    for (i = 0; i < interpreter->thread_states->nelts; i++) {
        PyThreadState *state = APR_ARRAY_IDX(interpreter->thread_states, i, wsgi_thread_state *)->state;

        if (state != own) {
            PyThreadState_Clear(state);
            PyThreadState_Delete(state);
        }
    }
    return PyInterpreterState_ThreadHead(interpreter->state) == own && !PyThreadState_Next(own);
}


/* Returns whether the interpreter could be taken apart. */
static int stop_sub_interpreter(wsgi_thread *thread, wsgi_interpreter *interpreter)
{
    PyThreadState *of_main = state_for(thread, main_interpreter);
    PyThreadState *state;
    int all_ended;

    enter(thread, interpreter);
    state = PyThreadState_Get();
    wsgi_event_process_stopping(interpreter);
    all_ended = end_threads(interpreter);
    run_exit_functions(interpreter);
    if (!all_ended || apr_atomic_read32(&threads_inside) > 1 || !is_last_state(interpreter, state)) {
        wsgi_interpreter_leave();
        return 0;
    }
    wsgi_response_drop_sent(interpreter);
    wsgi_interpreter_clear(interpreter);
    end_sub_interpreter(state, of_main);
    wsgi_interpreter_leave();
    return 1;
}


static apr_status_t stop(void *unused)
{
    wsgi_thread *thread = wsgi_thread_current();
    int can_finalize = 1;

    (void)unused;
    /* Apache's prefork child and httpd -X end in their signal handler, wherever the signal found them. Inside Python
     * that means in the middle of changing Python's memory: better not to run exit functions than to hang. */
    if (thread->inside) {
        wsgi_log(NULL, APLOG_INFO,
                     "The process ends in the middle of a request; Python is not shut down and atexit functions do not run.");
        return APR_SUCCESS;
    }
    if (!wsgi_config_of_server(ap_server_conf)->destroy_interpreter) {
        wsgi_log(NULL, APLOG_INFO, "Python is not shut down and atexit functions do not run: WSGIDestroyInterpreter is Off.");
        return APR_SUCCESS;
    }
    for (; interpreters != main_interpreter; interpreters = interpreters->next)
        can_finalize &= stop_sub_interpreter(thread, interpreters);

    enter(thread, main_interpreter);
    wsgi_event_process_stopping(main_interpreter);
    can_finalize &= end_threads(main_interpreter) && apr_atomic_read32(&threads_inside) == 1;
    if (can_finalize) {
        wsgi_response_drop_sent(main_interpreter);
        wsgi_interpreter_clear(main_interpreter);
        Py_FinalizeEx();
        left(thread);
    }
    else {
        run_exit_functions(main_interpreter);
        wsgi_interpreter_leave();
    }
    main_interpreter = interpreters = NULL;
    return APR_SUCCESS;
}


void wsgi_interpreters_init(apr_pool_t *child_pool)
{
    interpreters_pool = child_pool;
    main_interpreter = interpreters = NULL;
    threads_inside = 0;
    apr_thread_mutex_create(&interpreters_lock, APR_THREAD_MUTEX_UNNESTED, child_pool);
    apr_thread_mutex_create(&states_lock, APR_THREAD_MUTEX_UNNESTED, child_pool);
    apr_pool_create(&states_pool, child_pool);
}


void wsgi_interpreters_begin(apr_pool_t *child_pool)
{
    wsgi_interpreter *interpreter = new_interpreter("");
    PyThreadState *state = PyThreadState_Get();

    interpreter->state = PyThreadState_GetInterpreter(state);
    interpreter->is_fixed = 1;
    if (wsgi_interpreter_prepare(interpreter) < 0) {
        wsgi_log_exception(NULL, apr_psprintf(child_pool, "WSGI0035: Unable to setup %s.", interpreter->label));
    }
    else {
        interpreters = main_interpreter = interpreter;
        remember_state(wsgi_thread_current(), interpreter, state);
        /* Before anything else of the child ends: exit functions may still log and open files. */
        apr_pool_pre_cleanup_register(child_pool, NULL, stop);
    }
    PyEval_SaveThread();
}
