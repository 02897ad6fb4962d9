#include "application.h"

#include "environ.h"
#include "events.h"
#include "input.h"
#include "interpreter.h"
#include "log.h"
#include "metrics.h"
#include "process.h"
#include "request.h"
#include "response.h"
#include "script.h"


static void log_raised(wsgi_request *request)
{
    const wsgi_exchange *exchange = request->exchange;
    wsgi_exception exception;

    if (wsgi_events_are_heard(request->interpreter))
        wsgi_event_request_exception(request);
    if (PyErr_ExceptionMatches(PyExc_SystemExit)) {
        PyErr_Clear();
        wsgi_log(exchange, APLOG_ERR, "[script %s] WSGI0175: SystemExit exception raised by WSGI script '%s' ignored.",
                 exchange->script, exchange->script);
        return;
    }
    wsgi_exception_take(&exception);
    PyErr_Restore(exception.type, exception.value, exception.traceback);
    wsgi_log_exception(exchange, apr_psprintf(exchange->pool, "WSGI0174: %s exception raised processing WSGI script '%s' for %s.",
                                       ((PyTypeObject *)exception.type)->tp_name, exchange->script,
                                       request->interpreter->label));
}


/* Every iterable that has a close() gets it called, however the response ended. */
static void close_iterable(wsgi_request *request, PyObject *iterable)
{
    PyObject *close = PyObject_GetAttrString(iterable, "close");
    PyObject *result;

    if (!close) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError))
            log_raised(request);
        PyErr_Clear();
        return;
    }
    result = PyObject_CallFunctionObjArgs(close, NULL);
    if (!result)
        log_raised(request);
    Py_XDECREF(result);
    Py_DECREF(close);
}


/* Calls the application. Returns a handler's result. */
static int call(wsgi_request *request, PyObject *application, PyObject *environ, PyObject *response)
{
    PyObject *start_response = PyObject_GetAttrString(response, "start_response");
    PyObject *iterable = NULL;
    wsgi_outcome outcome = WSGI_FAILED;
    int result = OK;

    if (start_response)
        iterable = PyObject_CallFunctionObjArgs(application, environ, start_response, NULL);
    if (iterable)
        outcome = wsgi_response_send(response, iterable);
    if (outcome == WSGI_FAILED) {
        const int is_timeout = PyErr_ExceptionMatches(request->interpreter->request_timeout);

        log_raised(request);
        if (!wsgi_response_cut(response))
            result = is_timeout ? HTTP_GATEWAY_TIME_OUT : HTTP_INTERNAL_SERVER_ERROR;
    }
    else if (outcome == WSGI_CLIENT_GONE) {
        wsgi_log(request->exchange, APLOG_TRACE1, "Client closed connection.");
    }
    if (iterable)
        close_iterable(request, iterable);
    Py_XDECREF(iterable);
    Py_XDECREF(start_response);
    return result;
}


/* mod_wsgi.request_data() and mod_wsgi.active_requests. */
static int open_request_data(wsgi_request *request, PyObject *environ)
{
    const wsgi_interpreter *in = request->interpreter;
    PyObject *id = PyDict_GetItem(environ, in->environ_keys[WSGI_KEY_MOD_WSGI_REQUEST_ID]);

    request->data = PyDict_New();
    return request->data && id ? PyDict_SetItem(in->active_requests, id, request->data) : -1;
}


/* The application may have changed its environ: the name is made anew. */
static void close_request_data(wsgi_request *request)
{
    PyObject *id = PyUnicode_DecodeLatin1(request->exchange->request_id, strlen(request->exchange->request_id), NULL);

    if (!id || PyDict_DelItem(request->interpreter->active_requests, id) < 0)
        PyErr_Clear();
    Py_XDECREF(id);
    Py_CLEAR(request->data);
}


/* The call and what is told of it to those who listen. */
static int call_heard(wsgi_request *request, PyObject *application, PyObject *environ, PyObject *response)
{
    PyObject *chosen = wsgi_event_request_started(request, application, environ);
    const int result = call(request, chosen, environ, response);

    wsgi_event_request_finished(request, result == OK ? wsgi_response_status(response) : result);
    Py_DECREF(chosen);
    return result;
}


static int run(wsgi_request *request, PyObject *application)
{
    PyObject *input = wsgi_input_new(request->interpreter->input_type, request);
    PyObject *errors = wsgi_log_text_stream(request->interpreter, WSGI_LOG_ERRORS, request);
    PyObject *response = wsgi_response_new(request->interpreter->response_type, request);
    PyObject *environ = input && errors && response ? wsgi_environ_new(request, input, errors) : NULL;
    const int is_heard = wsgi_events_are_heard(request->interpreter);
    int result = HTTP_INTERNAL_SERVER_ERROR;

    request->is_measured = is_heard || wsgi_metrics_are_recorded();
    wsgi_metrics_begin(request);
    if (environ && open_request_data(request, environ) == 0)
        result = (is_heard ? call_heard : call)(request, application, environ, response);
    else
        log_raised(request);
    if (request->data)
        close_request_data(request);
    wsgi_metrics_end(request, result == OK ? wsgi_response_status(response) : result);
    Py_XDECREF(environ);
    Py_XDECREF(response);
    Py_XDECREF(errors);
    Py_XDECREF(input);
    return result;
}


/* The callable of a script, NULL with the reason logged (a new reference). */
static PyObject *find_application(wsgi_request *request)
{
    const wsgi_exchange *exchange = request->exchange;
    const wsgi_settings *settings = exchange->settings;
    PyObject *module =
        wsgi_script_module(request->interpreter, exchange, exchange->script, exchange->modified, settings->script_reloading);
    PyObject *application = NULL;

    if (module) {
        application = PyDict_GetItemString(PyModule_GetDict(module), settings->callable_object);
        Py_XINCREF(application);
        if (!application)
            wsgi_log(exchange, APLOG_ERR,
                     "[script %s] WSGI0089: Target WSGI script '%s' does not contain WSGI application '%s'.",
                     exchange->script, exchange->script, settings->callable_object);
    }
    Py_XDECREF(module);
    return application;
}


/* A daemon process does not load a script twice: what the old one has left behind in imported modules goes with it. */
static int is_outdated(wsgi_request *request)
{
    const wsgi_exchange *exchange = request->exchange;

    return wsgi_process_is_daemon() && exchange->settings->script_reloading &&
           wsgi_script_is_outdated(request->interpreter, exchange, exchange->script, exchange->modified);
}


/* A request that waits for its turn. */
typedef struct {
    wsgi_work work;
    wsgi_exchange *exchange;
    wsgi_interpreter *interpreter;
    wsgi_thread *owner;
    int result;
    PyObject *late;  /* a response that is sent when the GIL is gone for good, or NULL */
} served;


static void serve(wsgi_work *work)
{
    served *of = (served *)work;
    wsgi_exchange *exchange = of->exchange;
    wsgi_request *request;
    PyObject *application;

    wsgi_interpreter_enter(of->interpreter);
    wsgi_response_drop_sent(of->interpreter);
    request = wsgi_request_begin(exchange, of->interpreter, of->owner);
    if (!request) {
        wsgi_log_exception(exchange, "WSGI0174: MemoryError exception raised processing WSGI request.");
    }
    else {
        request->late = &of->late;
        if (is_outdated(request)) {
            of->result = WSGI_OUTDATED;
        }
        else {
            application = find_application(request);
            if (application)
                of->result = run(request, application);
            Py_XDECREF(application);
        }
        wsgi_request_end(request);
    }
    wsgi_interpreter_leave();
}


int wsgi_application_run(wsgi_exchange *exchange)
{
    const wsgi_settings *settings = exchange->settings;
    wsgi_thread *thread = wsgi_thread_current();
    served of = {{serve}, exchange, NULL, thread, HTTP_INTERNAL_SERVER_ERROR, NULL};

    of.interpreter = wsgi_interpreter_find(settings->application_group, settings->is_group_fixed);
    if (!of.interpreter) {
        wsgi_log(exchange, APLOG_ERR, "WSGI0087: Unable to acquire interpreter '%s' for WSGI request handler.",
                 settings->application_group);
        return of.result;
    }
    /* What a request itself asks for would wait for its own turn. */
    if (thread->inside || wsgi_process_is_daemon())
        serve(&of.work);
    else
        wsgi_turn_do(&thread->turn, &of.work);
    if (of.late)
        wsgi_response_send_late(exchange, of.late);
    return of.result;
}
