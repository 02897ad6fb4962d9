#include "interpreter_setup.h"

#include "bootstrap_py.h"
#include "config.h"
#include "environ.h"
#include "file_wrapper.h"
#include "input.h"
#include "log.h"
#include "process.h"
#include "python_module.h"
#include "response.h"


PyObject *wsgi_interpreter_call(const wsgi_interpreter *interpreter, const char *function, PyObject *argument)
{
    PyObject *callable = PyDict_GetItemString(interpreter->bootstrap, function);

    if (!callable) {
        PyErr_SetString(PyExc_NameError, function);
        return NULL;
    }
    return PyObject_CallFunctionObjArgs(callable, argument, NULL);
}


/* What bootstrap.py has under that name (a new reference), or NULL. */
static PyObject *from_bootstrap(const wsgi_interpreter *interpreter, const char *name)
{
    PyObject *value = PyDict_GetItemString(interpreter->bootstrap, name);

    Py_XINCREF(value);
    return value;
}


/* The steps: each returns 0, or -1 with an exception set. */

static int prepare_bootstrap(wsgi_interpreter *interpreter)
{
    PyObject *code = Py_CompileString(wsgi_bootstrap_source, "<mod_wsgi>", Py_file_input);
    PyObject *result = NULL;

    PyObject *log = wsgi_log_function();

    interpreter->bootstrap = PyDict_New();
    if (code && log && interpreter->bootstrap &&
        PyDict_SetItemString(interpreter->bootstrap, "__builtins__", PyEval_GetBuiltins()) == 0 &&
        PyDict_SetItemString(interpreter->bootstrap, "log", log) == 0 &&
        PyDict_SetItemString(interpreter->bootstrap, "is_daemon", wsgi_process_is_daemon() ? Py_True : Py_False) == 0)
        result = PyEval_EvalCode(code, interpreter->bootstrap, interpreter->bootstrap);
    Py_XDECREF(log);
    Py_XDECREF(code);
    Py_XDECREF(result);
    if (!result)
        return -1;
    interpreter->text_stream = from_bootstrap(interpreter, "text_stream");
    interpreter->request_timeout = from_bootstrap(interpreter, "RequestTimeout");
    interpreter->event_callbacks = from_bootstrap(interpreter, "event_callbacks");
    interpreter->active_requests = from_bootstrap(interpreter, "active_requests");
    return interpreter->text_stream && interpreter->request_timeout && interpreter->event_callbacks && interpreter->active_requests
               ? 0
               : -1;
}


static int prepare_types(wsgi_interpreter *interpreter)
{
    interpreter->log_type = wsgi_log_type();
    interpreter->input_type = wsgi_input_type();
    interpreter->response_type = wsgi_response_type();
    interpreter->file_wrapper_type = wsgi_file_wrapper_type();
    interpreter->restricted_type = wsgi_restricted_type();
    return interpreter->log_type && interpreter->input_type && interpreter->response_type &&
                   interpreter->file_wrapper_type && interpreter->restricted_type
               ? 0
               : -1;
}


static int set_stream(wsgi_interpreter *interpreter, const char *name, wsgi_log_stream stream)
{
    PyObject *text = wsgi_log_text_stream(interpreter, stream, NULL);
    const int failed = !text || PySys_SetObject(name, text) < 0;

    Py_XDECREF(text);
    return failed ? -1 : 0;
}


static int restrict_stream(wsgi_interpreter *interpreter, const char *name, const char *label)
{
    PyObject *restricted = wsgi_restricted_new(interpreter->restricted_type, label);
    const int failed = !restricted || PySys_SetObject(name, restricted) < 0;

    Py_XDECREF(restricted);
    return failed ? -1 : 0;
}


static int prepare_streams(wsgi_interpreter *interpreter)
{
    const wsgi_server_config *config = wsgi_config_of_server(ap_server_conf);

    if (set_stream(interpreter, "stderr", WSGI_LOG_STDERR) < 0)
        return -1;
    if (config->restrict_stdin && restrict_stream(interpreter, "stdin", "sys.stdin") < 0)
        return -1;
    if (config->restrict_stdout)
        return restrict_stream(interpreter, "stdout", "sys.stdout");
    /* With httpd -X a person sits at the terminal: a debugger's prompt belongs there. */
    if (wsgi_process_facts().is_only_process)
        return 0;
    return set_stream(interpreter, "stdout", WSGI_LOG_STDOUT);
}


/* Apache's signals are not an application's to take. */
static int prepare_signals(wsgi_interpreter *interpreter)
{
    PyObject *result;

    if (!wsgi_config_of_server(ap_server_conf)->restrict_signal)
        return 0;
    result = wsgi_interpreter_call(interpreter, "restrict_signals", NULL);
    Py_XDECREF(result);
    return result ? 0 : -1;
}


/* In each interpreter: since Python 3.12 each has its own. */
static int prepare_switching(wsgi_interpreter *interpreter)
{
    const double seconds = wsgi_process_facts().switch_interval;
    PyObject *interval;
    PyObject *result;

    if (seconds <= 0)
        return 0;
    interval = PyFloat_FromDouble(seconds);
    result = interval ? wsgi_interpreter_call(interpreter, "set_switch_interval", interval) : NULL;
    Py_XDECREF(interval);
    Py_XDECREF(result);
    return result ? 0 : -1;
}


/* A folder that cannot be processed is logged and left out; the others still count. */
static int prepare_path(wsgi_interpreter *interpreter)
{
    const wsgi_process process = wsgi_process_facts();
    const char *list = process.python_path;
    PyObject *entries;
    PyObject *result;

    if (!list && !process.home)
        return 0;
    entries = PyList_New(0);
    if (entries && process.home) {
        PyObject *home = PyUnicode_DecodeFSDefault(process.home);

        if (!home || PyList_Append(entries, home) < 0)
            Py_CLEAR(entries);
        Py_XDECREF(home);
    }
    while (entries && list && *list) {
        const char *end = strchr(list, ':');
        const size_t length = end ? (size_t)(end - list) : strlen(list);
        PyObject *folder = length ? PyUnicode_DecodeFSDefaultAndSize(list, length) : NULL;
        PyObject *added = folder ? wsgi_interpreter_call(interpreter, "add_path", folder) : NULL;

        if (added) {
            PyList_SetSlice(entries, PyList_GET_SIZE(entries), PyList_GET_SIZE(entries), added);
        }
        else if (length) {
            wsgi_log_exception(NULL, apr_psprintf(interpreter->pool, "WSGI0091: Call to 'site.addsitedir()' failed for '%.*s'.",
                                                  (int)length, list));
        }
        Py_XDECREF(folder);
        Py_XDECREF(added);
        list += length + (end != NULL);
    }
    result = entries ? wsgi_interpreter_call(interpreter, "prepend_paths", entries) : NULL;
    Py_XDECREF(entries);
    Py_XDECREF(result);
    return result ? 0 : -1;
}


static int prepare_module(wsgi_interpreter *interpreter)
{
    interpreter->module = wsgi_python_module_new(interpreter);
    return interpreter->module ? 0 : -1;
}


int wsgi_interpreter_prepare(wsgi_interpreter *interpreter)
{
    /* The streams come first: what fails afterwards, and what a .pth file prints, is then in the log. */
    if (prepare_bootstrap(interpreter) < 0 || prepare_types(interpreter) < 0 || prepare_streams(interpreter) < 0 ||
        prepare_signals(interpreter) < 0 || prepare_switching(interpreter) < 0 || prepare_path(interpreter) < 0 ||
        prepare_module(interpreter) < 0)
        return -1;
    return wsgi_environ_prepare(interpreter);
}


void wsgi_interpreter_clear(wsgi_interpreter *interpreter)
{
    int i;

    for (i = 0; i < WSGI_KEY_COUNT; i++)
        Py_CLEAR(interpreter->environ_keys[i]);
    Py_CLEAR(interpreter->environ_template);
    Py_CLEAR(interpreter->module);
    Py_CLEAR(interpreter->text_stream);
    Py_CLEAR(interpreter->request_timeout);
    Py_CLEAR(interpreter->event_callbacks);
    Py_CLEAR(interpreter->active_requests);
    Py_CLEAR(interpreter->log_type);
    Py_CLEAR(interpreter->input_type);
    Py_CLEAR(interpreter->response_type);
    Py_CLEAR(interpreter->file_wrapper_type);
    Py_CLEAR(interpreter->restricted_type);
    Py_CLEAR(interpreter->bootstrap);
}
