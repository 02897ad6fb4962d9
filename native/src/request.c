#include "request.h"

#include "log.h"


wsgi_request *wsgi_request_begin(request_rec *r, wsgi_interpreter *interpreter, const wsgi_settings *settings)
{
    wsgi_request *request = calloc(1, sizeof(*request));

    if (request)
        request->apache = PyThread_allocate_lock();
    if (!request || !request->apache) {
        free(request);
        PyErr_NoMemory();
        return NULL;
    }
    request->r = r;
    request->interpreter = interpreter;
    request->settings = settings;
    request->thread = wsgi_thread_current();
    request->thread->request = request;
    request->references = 1;
    return request;
}


void wsgi_request_end(wsgi_request *request)
{
    wsgi_thread *thread = request->thread;
    PyThreadState *saved;
    request_rec *r;

    request->is_over = 1;
    thread->request = NULL;
    r = wsgi_request_enter(request, &saved);
    wsgi_log_rest(r, &request->errors);
    wsgi_log_rest(r, &thread->standard_output);
    wsgi_log_rest(r, &thread->standard_error);
    request->r = NULL;
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
    PyThread_free_lock(request->apache);
    wsgi_line_free(&request->errors);
    free(request);
}


request_rec *wsgi_request_enter(wsgi_request *request, PyThreadState **saved)
{
    *saved = PyEval_SaveThread();
    PyThread_acquire_lock(request->apache, WAIT_LOCK);
    return request->r;
}


void wsgi_request_leave(wsgi_request *request, PyThreadState *saved)
{
    PyThread_release_lock(request->apache);
    PyEval_RestoreThread(saved);
}
