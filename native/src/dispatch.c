#include "python_compat.h"

#include "dispatch.h"

#include "hook.h"
#include "labels.h"


/* What a function answers: NULL in *answer where it is not there or answers None. Returns whether it is an answer. */
static int ask(const wsgi_hook *hook, const char *function, const char **answer)
{
    PyObject *result;
    const char *text = NULL;

    *answer = NULL;
    if (!wsgi_hook_has(hook, function))
        return 1;
    result = wsgi_hook_call(hook, function, NULL, NULL);
    if (!result)
        return 0;
    if (PyUnicode_Check(result))
        text = wsgi_latin1(result, NULL);
    else if (PyBytes_Check(result))
        text = PyBytes_AS_STRING(result);
    PyErr_Clear();
    if (text)
        *answer = apr_pstrdup(hook->r->pool, text);
    else if (result != Py_None)
        wsgi_hook_complain(hook, "WSGI0174: %s() of '%s' must return a str of latin-1 or None, not %s.", function,
                           hook->script->path, Py_TYPE(result)->tp_name);
    text = *answer;
    if (result == Py_None)
        text = "";
    Py_DECREF(result);
    return text != NULL;
}


int wsgi_dispatch(request_rec *r, wsgi_settings *settings)
{
    const wsgi_hook_script *script = wsgi_config_of_folder(r)->dispatch_script;
    const char *process_group;
    const char *application_group;
    const char *callable;
    wsgi_hook hook;
    int is_answered;

    if (!script)
        return OK;
    if (!wsgi_hook_enter(&hook, r, script))
        return HTTP_INTERNAL_SERVER_ERROR;
    is_answered = ask(&hook, "process_group", &process_group) && ask(&hook, "application_group", &application_group) &&
                  ask(&hook, "callable_object", &callable);
    wsgi_hook_leave(&hook);
    if (!is_answered)
        return HTTP_INTERNAL_SERVER_ERROR;
    if (process_group)
        settings->process_group = wsgi_expand_group(r, process_group);
    if (application_group)
        wsgi_settings_set_application_group(r, settings, application_group);
    if (callable)
        settings->callable_object = wsgi_expand_callable(r, callable);
    return OK;
}
