#include "application.h"

#include "environ.h"
#include "input.h"
#include "interpreter.h"
#include "log.h"
#include "process.h"
#include "request.h"
#include "response.h"
#include "script.h"


static void log_raised(wsgi_request *request)
{
    const wsgi_exchange *exchange = request->exchange;
    wsgi_exception exception;

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
        log_raised(request);
        if (!wsgi_response_cut(response))
            result = HTTP_INTERNAL_SERVER_ERROR;
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


static PyObject *new_errors(wsgi_request *request)
{
    PyObject *raw = wsgi_log_new(request->interpreter->log_type, WSGI_LOG_ERRORS, request);
    PyObject *text = raw ? PyObject_CallFunctionObjArgs(request->interpreter->text_stream, raw, NULL) : NULL;

    Py_XDECREF(raw);
    return text;
}


static int run(wsgi_request *request, PyObject *application)
{
    PyObject *input = wsgi_input_new(request->interpreter->input_type, request);
    PyObject *errors = new_errors(request);
    PyObject *response = wsgi_response_new(request->interpreter->response_type, request);
    PyObject *environ = input && errors && response ? wsgi_environ_new(request, input, errors) : NULL;
    int result = HTTP_INTERNAL_SERVER_ERROR;

    if (environ)
        result = call(request, application, environ, response);
    else
        log_raised(request);
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


int wsgi_application_run(wsgi_exchange *exchange)
{
    const wsgi_settings *settings = exchange->settings;
    wsgi_interpreter *interpreter;
    wsgi_request *request;
    PyObject *application;
    int result = HTTP_INTERNAL_SERVER_ERROR;

    interpreter = wsgi_interpreter_enter(settings->application_group);
    if (!interpreter) {
        wsgi_log(exchange, APLOG_ERR, "WSGI0087: Unable to acquire interpreter '%s' for WSGI request handler.",
                 settings->application_group);
        return result;
    }
    request = wsgi_request_begin(exchange, interpreter);
    if (!request) {
        wsgi_log_exception(exchange, "WSGI0174: MemoryError exception raised processing WSGI request.");
    }
    else {
        if (is_outdated(request)) {
            result = WSGI_OUTDATED;
        }
        else {
            application = find_application(request);
            if (application)
                result = run(request, application);
            Py_XDECREF(application);
        }
        wsgi_request_end(request);
    }
    wsgi_interpreter_leave();
    return result;
}
