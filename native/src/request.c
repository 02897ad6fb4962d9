#include "request.h"

#include "log.h"


wsgi_request *wsgi_request_begin(wsgi_exchange *exchange, wsgi_interpreter *interpreter, wsgi_thread *owner)
{
    wsgi_request *request = calloc(1, sizeof(*request));

    if (request)
        request->exchanging = PyThread_allocate_lock();
    if (!request || !request->exchanging) {
        free(request);
        PyErr_NoMemory();
        return NULL;
    }
    request->exchange = exchange;
    request->interpreter = interpreter;
    request->owner = owner;
    request->thread = wsgi_thread_current();
    request->outer = owner->request;
    request->thread->request = owner->request = request;
    request->begun = apr_time_now();
    request->references = 1;
    return request;
}


void wsgi_request_end(wsgi_request *request)
{
    wsgi_thread *thread = request->thread;
    const int has_rest = request->errors.length || thread->standard_output.length || thread->standard_error.length;
    PyThreadState *saved;
    wsgi_exchange *exchange;

    request->is_over = 1;
    thread->request = request->owner->request = request->outer;
    /* What comes too late must not hit the next one. */
    if (request->is_interrupted)
        PyThreadState_SetAsyncExc(thread->python_id, NULL);
    if (!has_rest && PyThread_acquire_lock(request->exchanging, NOWAIT_LOCK)) {
        request->exchange = NULL;
        PyThread_release_lock(request->exchanging);
        wsgi_request_release(request);
        return;
    }
    exchange = wsgi_request_enter(request, &saved);
    wsgi_log_rest(exchange, &request->errors);
    wsgi_log_rest(exchange, &thread->standard_output);
    wsgi_log_rest(exchange, &thread->standard_error);
    request->exchange = NULL;
    wsgi_request_leave(request, saved);
    wsgi_request_release(request);
}


wsgi_request *wsgi_request_share(wsgi_request *request)
{
    request->references++;
    return request;
}


void wsgi_request_release(wsgi_request *request)
{
    if (--request->references)
        return;
    PyThread_free_lock(request->exchanging);
    wsgi_line_free(&request->errors);
    free(request);
}


wsgi_exchange *wsgi_request_enter(wsgi_request *request, PyThreadState **saved)
{
    *saved = PyEval_SaveThread();
    PyThread_acquire_lock(request->exchanging, WAIT_LOCK);
    return request->exchange;
}


void wsgi_request_leave(wsgi_request *request, PyThreadState *saved)
{
    const apr_time_t begun = request->is_measured ? apr_time_now() : 0;
    /* Not always the request's own thread. */
    wsgi_turn *turn = &wsgi_thread_current()->turn;

    PyThread_release_lock(request->exchanging);
    turn->wants_gil = 1;
    PyEval_RestoreThread(saved);
    turn->wants_gil = 0;
    if (begun) {
        request->gil_wait_time += apr_time_now() - begun;
        request->gil_wait_count++;
    }
}
