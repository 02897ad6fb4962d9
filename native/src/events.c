#include "events.h"

#include <signal.h>

#include "interpreter_setup.h"
#include "log.h"

static const char *stop_reason;


void wsgi_event_set_reason(const char *reason)
{
    if (!stop_reason)
        stop_reason = reason;
}


int wsgi_events_are_heard(const wsgi_interpreter *interpreter)
{
    return PyList_GET_SIZE(interpreter->event_callbacks) > 0;
}


/* Takes the reference to `payload`. Returns it with what the subscribers added, NULL with the reason logged. */
static PyObject *publish(const wsgi_interpreter *interpreter, const wsgi_exchange *exchange, const char *name, PyObject *payload)
{
    PyObject *function = PyDict_GetItemString(interpreter->bootstrap, "publish");
    PyObject *result = payload ? PyObject_CallFunction(function, "sO", name, payload) : NULL;

    Py_XDECREF(payload);
    if (!result)
        wsgi_log_exception(exchange, "WSGI0174: An event could not be told to its subscribers.");
    return result;
}


static double seconds(apr_time_t time)
{
    return (double)time / APR_USEC_PER_SEC;
}


static PyObject *data_of(const wsgi_request *request)
{
    return request->data ? request->data : Py_None;
}


PyObject *wsgi_event_request_started(wsgi_request *request, PyObject *application, PyObject *environ)
{
    const wsgi_exchange *exchange = request->exchange;
    PyObject *payload = Py_BuildValue(
        "{s:s,s:i,s:i,s:i,s:i,s:d,s:d,s:d,s:d,s:O,s:s,s:O,s:O}", "request_id", exchange->request_id, "thread_id",
        request->owner->id, "daemon_connects", 0, "daemon_restarts", 0, "server_pid", exchange->server_pid, "request_start",
        seconds(exchange->request_start), "queue_start", seconds(exchange->queue_start), "daemon_start",
        seconds(exchange->daemon_start), "application_start", seconds(request->begun), "application_object", application,
        "callable_object", exchange->settings->callable_object, "request_environ", environ, "request_data", data_of(request));
    PyObject *chosen;

    payload = publish(request->interpreter, exchange, "request_started", payload);
    chosen = payload ? PyDict_GetItemString(payload, "application_object") : NULL;
    if (!chosen)
        chosen = application;
    Py_INCREF(chosen);
    Py_XDECREF(payload);
    return chosen;
}


void wsgi_event_response_started(wsgi_request *request, PyObject *status, PyObject *headers, PyObject *exc_info)
{
    PyObject *payload =
        Py_BuildValue("{s:s,s:O,s:O,s:O,s:O}", "request_id", request->exchange->request_id, "response_status", status,
                      "response_headers", headers, "exception_info", exc_info, "request_data", data_of(request));

    payload = publish(request->interpreter, request->exchange, "response_started", payload);
    Py_XDECREF(payload);
}


void wsgi_event_request_exception(wsgi_request *request)
{
    wsgi_exception exception;
    PyObject *payload;

    wsgi_exception_take(&exception);
    payload = Py_BuildValue("{s:s,s:(OOO),s:O}", "request_id", request->exchange->request_id, "exception_info", exception.type,
                            exception.value, exception.traceback ? exception.traceback : Py_None, "request_data",
                            data_of(request));
    payload = publish(request->interpreter, request->exchange, "request_exception", payload);
    Py_XDECREF(payload);
    PyErr_Restore(exception.type, exception.value, exception.traceback);
}


static double seconds_between(struct timeval before, struct timeval after)
{
    return after.tv_sec - before.tv_sec + (after.tv_usec - before.tv_usec) / 1e6;
}


void wsgi_event_request_finished(wsgi_request *request, int status)
{
    const wsgi_exchange *exchange = request->exchange;
    const apr_time_t now = apr_time_now();
    double user;
    double system;
    PyObject *payload;

    getrusage(RUSAGE_THREAD, &request->usage_after);
    user = seconds_between(request->usage_before.ru_utime, request->usage_after.ru_utime);
    system = seconds_between(request->usage_before.ru_stime, request->usage_after.ru_stime);
    payload = Py_BuildValue(
        "{s:s,s:i,s:i,s:d,s:d,s:d,s:d,s:d,s:l,s:L,s:d,s:l,s:L,s:d,s:d,s:d,s:d,s:d,s:l,s:i,s:O}", "request_id",
        exchange->request_id, "thread_id", request->owner->id, "server_pid", exchange->server_pid, "request_start",
        seconds(exchange->request_start), "queue_start", seconds(exchange->queue_start), "daemon_start",
        seconds(exchange->daemon_start), "application_finish", seconds(now), "application_time", seconds(now - request->begun),
        "input_reads", request->input_reads, "input_length", (long long)request->input_length, "input_time",
        seconds(request->input_time), "output_writes", request->output_writes, "output_length",
        (long long)request->output_length, "output_time", seconds(request->output_time), "cpu_user_time", user,
        "cpu_system_time", system, "cpu_time", user + system, "gil_wait_time", seconds(request->gil_wait_time),
        "gil_wait_count", request->gil_wait_count, "status", status, "request_data", data_of(request));
    payload = publish(request->interpreter, exchange, "request_finished", payload);
    Py_XDECREF(payload);
}


void wsgi_event_process_stopping(wsgi_interpreter *interpreter)
{
    PyObject *payload = Py_BuildValue("{s:s}", "shutdown_reason", stop_reason ? stop_reason : "");

    payload = publish(interpreter, NULL, "process_stopping", payload);
    Py_XDECREF(payload);
}


void wsgi_event_process_signal(wsgi_interpreter *interpreter, int number)
{
    PyObject *payload = Py_BuildValue("{s:s,s:i}", "signame", number == SIGHUP ? "SIGHUP" : "SIGUSR2", "signum", number);

    payload = publish(interpreter, NULL, "process_signal", payload);
    Py_XDECREF(payload);
}


static PyObject *request_data(PyObject *module, PyObject *unused)
{
    const wsgi_request *request = wsgi_thread_current()->request;

    (void)module;
    (void)unused;
    if (!request || !request->data) {
        PyErr_SetString(PyExc_RuntimeError, "no active request for the calling thread");
        return NULL;
    }
    Py_INCREF(request->data);
    return request->data;
}


int wsgi_events_add_functions(const wsgi_interpreter *interpreter, PyObject *module)
{
    static const char *const names[] = {"RequestTimeout",   "active_requests",    "event_callbacks",
                                        "signal_callbacks", "shutdown_callbacks", "subscribe_events",
                                        "subscribe_signals", "subscribe_shutdown", "__getattr__"};
    static PyMethodDef functions[] = {
        {"request_data", request_data, METH_NOARGS, NULL},
        {NULL, NULL, 0, NULL},
    };
    size_t i;

    for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
        PyObject *value = PyDict_GetItemString(interpreter->bootstrap, names[i]);

        if (!value || PyObject_SetAttrString(module, names[i], value) < 0)
            return -1;
    }
    return PyModule_AddFunctions(module, functions);
}
