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


/* The steps: each returns 0, or -1 with an exception set. */

static int prepare_bootstrap(wsgi_interpreter *interpreter)
{
    PyObject *code = Py_CompileString(wsgi_bootstrap_source, "<mod_wsgi>", Py_file_input);
    PyObject *result = NULL;

    interpreter->bootstrap = PyDict_New();
    if (code && interpreter->bootstrap &&
        PyDict_SetItemString(interpreter->bootstrap, "__builtins__", PyEval_GetBuiltins()) == 0)
        result = PyEval_EvalCode(code, interpreter->bootstrap, interpreter->bootstrap);
    Py_XDECREF(code);
    Py_XDECREF(result);
    if (!result)
        return -1;
    interpreter->text_stream = PyDict_GetItemString(interpreter->bootstrap, "text_stream");
    Py_XINCREF(interpreter->text_stream);
    return interpreter->text_stream ? 0 : -1;
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
    PyObject *raw = wsgi_log_new(interpreter->log_type, stream, NULL);
    PyObject *text = raw ? PyObject_CallFunctionObjArgs(interpreter->text_stream, raw, NULL) : NULL;
    const int failed = !text || PySys_SetObject(name, text) < 0;

    Py_XDECREF(raw);
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
        prepare_path(interpreter) < 0 || prepare_module(interpreter) < 0)
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
    Py_CLEAR(interpreter->log_type);
    Py_CLEAR(interpreter->input_type);
    Py_CLEAR(interpreter->response_type);
    Py_CLEAR(interpreter->file_wrapper_type);
    Py_CLEAR(interpreter->restricted_type);
    Py_CLEAR(interpreter->bootstrap);
}
