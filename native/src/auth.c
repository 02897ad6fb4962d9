#include "python_compat.h"

#include "auth.h"

#include "ap_provider.h"
#include "mod_auth.h"

#include "hook.h"


/* What a function says that may answer True, False or None. */
typedef enum { SAYS_YES, SAYS_NO, SAYS_NOTHING, SAYS_TEXT, SAYS_NONSENSE } answer;

static answer read_answer(PyObject *result)
{
    if (result == Py_True)
        return SAYS_YES;
    if (result == Py_False)
        return SAYS_NO;
    if (result == Py_None)
        return SAYS_NOTHING;
    return PyUnicode_Check(result) && PyUnicode_GET_LENGTH(result) ? SAYS_TEXT : SAYS_NONSENSE;
}


/* A text that Apache can keep, NULL if it has characters beyond latin-1. */
static const char *keep_text(apr_pool_t *pool, PyObject *text)
{
    const char *bytes = wsgi_latin1(text, NULL);

    PyErr_Clear();
    return bytes ? apr_pstrdup(pool, bytes) : NULL;
}


int wsgi_check_access(request_rec *r)
{
    const wsgi_hook_script *script = wsgi_config_of_folder(r)->access_script;
    int status = HTTP_FORBIDDEN;
    PyObject *result;
    wsgi_hook hook;

    if (!script)
        return DECLINED;
    if (!wsgi_hook_enter(&hook, r, script))
        return HTTP_INTERNAL_SERVER_ERROR;
    if (!wsgi_hook_has(&hook, "allow_access")) {
        wsgi_hook_complain(&hook, "WSGI0056: Target WSGI host access script '%s' does not provide allow_access().", script->path);
        status = HTTP_INTERNAL_SERVER_ERROR;
    }
    else {
        result = wsgi_hook_call(&hook, "allow_access", ap_get_useragent_host(r, REMOTE_NAME, NULL), NULL);
        if (result)
            switch (read_answer(result)) {
            case SAYS_YES:
                status = OK;
                break;
            case SAYS_NOTHING:
                status = DECLINED;
                break;
            case SAYS_NO:
                wsgi_hook_complain(&hook, "WSGI0057: Client denied by server configuration: '%s'.", r->filename);
                break;
            default:
                wsgi_hook_complain(&hook, "WSGI0055: Result returned from 'allow_access' in '%s' must be True, False or None.",
                                   script->path);
                break;
            }
        Py_XDECREF(result);
    }
    wsgi_hook_leave(&hook);
    return status;
}


/* Enters the script of the users if it has the function. */
static int enter_users(wsgi_hook *hook, request_rec *r, const char *function, const char *method)
{
    const wsgi_hook_script *script = wsgi_config_of_folder(r)->user_script;

    if (!script) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "WSGI0041: Location of WSGI user authentication script not provided; name it with WSGIAuthUserScript.");
        return 0;
    }
    if (!wsgi_hook_enter(hook, r, script))
        return 0;
    if (wsgi_hook_has(hook, function))
        return 1;
    wsgi_hook_complain(hook, "WSGI0043: Target WSGI user authentication script '%s' does not provide '%s' auth provider: it has "
                       "no %s().", script->path, method, function);
    wsgi_hook_leave(hook);
    return 0;
}


static authn_status check_password(request_rec *r, const char *user, const char *password)
{
    authn_status status = AUTH_GENERAL_ERROR;
    PyObject *result;
    wsgi_hook hook;

    if (!enter_users(&hook, r, "check_password", "Basic"))
        return AUTH_GENERAL_ERROR;
    result = wsgi_hook_call(&hook, "check_password", user, password);
    switch (result ? read_answer(result) : SAYS_NONSENSE) {
    case SAYS_YES:
        status = AUTH_GRANTED;
        break;
    case SAYS_NO:
        status = AUTH_DENIED;
        break;
    case SAYS_NOTHING:
        status = AUTH_USER_NOT_FOUND;
        break;
    case SAYS_TEXT: {
        /* Another name for the user, from now on. */
        const char *name = keep_text(r->pool, result);

        if (name) {
            r->user = (char *)name;
            status = AUTH_GRANTED;
            break;
        }
    }
    /* fallthrough */
    default:
        if (result)
            wsgi_hook_complain(&hook, "WSGI0176: Basic auth provider must return True, False, None or user name as a str of "
                               "latin-1, in '%s'.", hook.script->path);
        break;
    }
    Py_XDECREF(result);
    wsgi_hook_leave(&hook);
    return status;
}


static authn_status get_realm_hash(request_rec *r, const char *user, const char *realm, char **hash)
{
    authn_status status = AUTH_GENERAL_ERROR;
    PyObject *result;
    wsgi_hook hook;

    if (!enter_users(&hook, r, "get_realm_hash", "Digest"))
        return AUTH_GENERAL_ERROR;
    result = wsgi_hook_call(&hook, "get_realm_hash", user, realm);
    if (result == Py_None) {
        status = AUTH_USER_NOT_FOUND;
    }
    else if (result && read_answer(result) == SAYS_TEXT && (*hash = (char *)keep_text(r->pool, result)) != NULL) {
        status = AUTH_USER_FOUND;
    }
    else if (result) {
        wsgi_hook_complain(&hook, "WSGI0178: Digest auth provider must return None or the hash as a str of latin-1, in '%s'.",
                           hook.script->path);
    }
    Py_XDECREF(result);
    wsgi_hook_leave(&hook);
    return status;
}


/* Whether one of the words of `wanted` is the str `name`. */
static int is_among(apr_pool_t *pool, const char *wanted, PyObject *name)
{
    const char *text = keep_text(pool, name);

    while (text && *wanted)
        if (!strcmp(ap_getword_conf(pool, &wanted), text))
            return 1;
    return 0;
}


/* Whether the iterable has a str that is wanted; -1 if it is not one of str. */
static int has_wanted(apr_pool_t *pool, const char *wanted, PyObject *groups)
{
    PyObject *iterator = PyUnicode_Check(groups) ? NULL : PyObject_GetIter(groups);
    PyObject *name;
    int found = iterator ? 0 : -1;

    while (found == 0 && (name = PyIter_Next(iterator))) {
        found = PyUnicode_Check(name) ? is_among(pool, wanted, name) : -1;
        Py_DECREF(name);
    }
    Py_XDECREF(iterator);
    return PyErr_Occurred() ? -1 : found;
}


static authz_status check_groups(request_rec *r, const char *wanted, const void *parsed)
{
    const wsgi_hook_script *script = wsgi_config_of_folder(r)->group_script;
    authz_status status = AUTHZ_GENERAL_ERROR;
    PyObject *groups = NULL;
    wsgi_hook hook;

    (void)parsed;
    if (!r->user)
        return AUTHZ_DENIED_NO_USER;
    if (!script) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "WSGI0058: Location of WSGI group authorization script not provided; name it with WSGIAuthGroupScript.");
        return AUTHZ_GENERAL_ERROR;
    }
    if (!wsgi_hook_enter(&hook, r, script))
        return AUTHZ_GENERAL_ERROR;
    if (!wsgi_hook_has(&hook, "groups_for_user"))
        wsgi_hook_complain(&hook, "WSGI0052: Target WSGI group authentication script '%s' does not provide groups_for_user().",
                           script->path);
    else
        groups = wsgi_hook_call(&hook, "groups_for_user", r->user, NULL);
    if (groups) {
        const int found = has_wanted(r->pool, wanted, groups);

        PyErr_Clear();
        status = found > 0 ? AUTHZ_GRANTED : found == 0 ? AUTHZ_DENIED : AUTHZ_GENERAL_ERROR;
        if (found < 0)
            wsgi_hook_complain(&hook, "WSGI0050: Result returned from 'groups_for_user' in '%s' must be an iterable of str.",
                               script->path);
        if (found == 0)
            wsgi_hook_complain(&hook, "WSGI0060: Authorization of user '%s' to access '%s' failed. User is not a member of designated "
                               "groups.", r->user, r->uri);
        Py_DECREF(groups);
    }
    wsgi_hook_leave(&hook);
    return status;
}


static const authn_provider users = {check_password, get_realm_hash};
static const authz_provider groups = {check_groups, NULL};


void wsgi_auth_register(apr_pool_t *pool)
{
    ap_register_auth_provider(pool, AUTHN_PROVIDER_GROUP, "wsgi", AUTHN_PROVIDER_VERSION, &users,
                              AP_AUTH_INTERNAL_PER_CONF);
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, "wsgi-group", AUTHZ_PROVIDER_VERSION, &groups,
                              AP_AUTH_INTERNAL_PER_CONF);
}
