#include "hook.h"

#include "embedded.h"
#include "environ.h"
#include "handler.h"
#include "interpreter.h"
#include "log.h"
#include "script.h"


void wsgi_hook_complain(const wsgi_hook *hook, const char *format, ...)
{
    va_list values;

    va_start(values, format);
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, hook->r, "%s", apr_pvsprintf(hook->r->pool, format, values));
    va_end(values);
}


/* The variables are the hook's alone: they are not yet what they will be when the request is handled. */
static wsgi_exchange *new_exchange(request_rec *r, const wsgi_settings *settings)
{
    apr_table_t *own = r->subprocess_env;
    wsgi_exchange *exchange;

    r->subprocess_env = apr_table_copy(r->pool, own);
    exchange = wsgi_embedded_exchange(r, settings);
    r->subprocess_env = own;
    return exchange;
}


static PyObject *new_environ(wsgi_request *request)
{
    PyObject *errors = wsgi_log_text_stream(request->interpreter, WSGI_LOG_ERRORS, request);
    PyObject *environ = errors ? wsgi_environ_new(request, NULL, errors) : NULL;

    Py_XDECREF(errors);
    return environ;
}


int wsgi_hook_enter(wsgi_hook *hook, request_rec *r, const wsgi_hook_script *script)
{
    wsgi_settings *settings = apr_pcalloc(r->pool, sizeof(*settings));
    wsgi_interpreter *interpreter;
    apr_finfo_t info;

    *hook = (wsgi_hook){.r = r, .script = script};
    settings->process_group = "";
    settings->callable_object = "";
    settings->request_handler = WSGI_HANDLER_NAME;
    settings->handler_script = "";
    settings->script_reloading = wsgi_config_of_folder(r)->script_reloading != 0;
    wsgi_settings_set_application_group(r, settings, script->application_group);
    if (apr_stat(&info, script->path, APR_FINFO_MTIME, r->pool) != APR_SUCCESS) {
        wsgi_hook_complain(hook, "WSGI0083: Unable to stat target WSGI script '%s'.", script->path);
        return 0;
    }
    hook->exchange = new_exchange(r, settings);
    hook->exchange->script = script->path;
    hook->exchange->modified = info.mtime;
    interpreter = wsgi_interpreter_find(settings->application_group, settings->is_group_fixed);
    if (!interpreter) {
        wsgi_hook_complain(hook, "WSGI0042: Unable to acquire interpreter '%s' for '%s'.", settings->application_group,
                           script->path);
        return 0;
    }
    wsgi_interpreter_enter(interpreter);
    hook->request = wsgi_request_begin(hook->exchange, interpreter, wsgi_thread_current());
    if (hook->request)
        hook->module = wsgi_script_module(interpreter, hook->exchange, script->path, info.mtime, settings->script_reloading);
    if (hook->module)
        hook->environ = new_environ(hook->request);
    if (hook->environ)
        return 1;
    if (PyErr_Occurred())
        wsgi_log_exception(hook->exchange, "WSGI0174: The environ of a hook script could not be made.");
    wsgi_hook_leave(hook);
    return 0;
}


void wsgi_hook_leave(wsgi_hook *hook)
{
    Py_XDECREF(hook->environ);
    Py_XDECREF(hook->module);
    if (hook->request)
        wsgi_request_end(hook->request);
    wsgi_interpreter_leave();
}


static PyObject *find(const wsgi_hook *hook, const char *function)
{
    return PyDict_GetItemString(PyModule_GetDict(hook->module), function);
}


int wsgi_hook_has(const wsgi_hook *hook, const char *function)
{
    return find(hook, function) != NULL;
}


static PyObject *latin1(const char *text)
{
    return PyUnicode_DecodeLatin1(text, strlen(text), NULL);
}


PyObject *wsgi_hook_call(const wsgi_hook *hook, const char *function, const char *first, const char *second)
{
    PyObject *callable = find(hook, function);
    PyObject *one = first ? latin1(first) : NULL;
    PyObject *two = first && second ? latin1(second) : NULL;
    PyObject *result = NULL;

    Py_XINCREF(callable);
    if (callable && (one || !first) && (two || !first || !second))
        result = PyObject_CallFunctionObjArgs(callable, hook->environ, one, two, NULL);
    if (!result)
        wsgi_log_exception(hook->exchange, apr_psprintf(hook->r->pool, "WSGI0174: Exception raised by %s() of '%s'.", function,
                                                        hook->script->path));
    Py_XDECREF(two);
    Py_XDECREF(one);
    Py_XDECREF(callable);
    return result;
}
