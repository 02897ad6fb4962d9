#include "environ.h"

#include "handler.h"
#include "process.h"
#include "version.h"

#define WSGI_KEY_TEXT(name, text) [WSGI_KEY_##name] = text,
static const char *const key_texts[] = {WSGI_ENVIRON_KEYS(WSGI_KEY_TEXT)};
#undef WSGI_KEY_TEXT

/* What Apache puts among the CGI variables and an application is not given (python-visible since mod_wsgi 1). */
static const char *const unwanted[] = {"PATH", "HTTPS", "GATEWAY_INTERFACE", "SERVER_SIGNATURE", "REMOTE_HOST",
                                       "REMOTE_IDENT", "PATH_TRANSLATED"};

static apr_hash_t *known_keys;  /* text → its place in key_texts plus one, or `skip` */
static const int skip = -1;
static int places[WSGI_KEY_COUNT];


void wsgi_environ_init(apr_pool_t *child_pool)
{
    size_t i;

    known_keys = apr_hash_make(child_pool);
    for (i = 0; i < WSGI_KEY_COUNT; i++) {
        places[i] = (int)i;
        apr_hash_set(known_keys, key_texts[i], APR_HASH_KEY_STRING, &places[i]);
    }
    for (i = 0; i < sizeof(unwanted) / sizeof(*unwanted); i++)
        apr_hash_set(known_keys, unwanted[i], APR_HASH_KEY_STRING, &skip);
}


/* Takes the reference to `value`. */
static int put(const wsgi_interpreter *interpreter, PyObject *environ, int key, PyObject *value)
{
    const int failed = !value || PyDict_SetItem(environ, interpreter->environ_keys[key], value) < 0;

    Py_XDECREF(value);
    return failed ? -1 : 0;
}


static PyObject *latin1(const char *text)
{
    return PyUnicode_DecodeLatin1(text, strlen(text), NULL);
}


/* Files are named as the file system does, which is how open() wants them back. */
static PyObject *file_name(const char *text)
{
    PyObject *name = PyUnicode_DecodeFSDefault(text);

    if (name)
        return name;
    PyErr_Clear();
    return latin1(text);
}


static PyObject *seconds(apr_time_t time)
{
    return PyFloat_FromDouble((double)time / APR_USEC_PER_SEC);
}


int wsgi_environ_prepare(wsgi_interpreter *interpreter)
{
    const wsgi_process process = wsgi_process_facts();
    const wsgi_interpreter *const in = interpreter;
    PyObject *environ;
    int i;

    for (i = 0; i < WSGI_KEY_COUNT; i++) {
        interpreter->environ_keys[i] = PyUnicode_InternFromString(key_texts[i]);
        if (!interpreter->environ_keys[i])
            return -1;
    }
    environ = interpreter->environ_template = PyDict_New();
    if (!environ)
        return -1;

    Py_INCREF(in->file_wrapper_type);
    if (put(in, environ, WSGI_KEY_WSGI_FILE_WRAPPER, (PyObject *)in->file_wrapper_type) < 0 ||
        put(in, environ, WSGI_KEY_WSGI_VERSION, Py_BuildValue("(ii)", 1, 0)) < 0 ||
        put(in, environ, WSGI_KEY_WSGI_INPUT_TERMINATED, PyBool_FromLong(1)) < 0 ||
        put(in, environ, WSGI_KEY_WSGI_MULTITHREAD, PyBool_FromLong(process.is_multithread)) < 0 ||
        put(in, environ, WSGI_KEY_WSGI_MULTIPROCESS, PyBool_FromLong(process.is_multiprocess)) < 0 ||
        put(in, environ, WSGI_KEY_WSGI_RUN_ONCE, PyBool_FromLong(process.is_run_once)) < 0 ||
        put(in, environ, WSGI_KEY_APACHE_VERSION,
            Py_BuildValue("(iii)", AP_SERVER_MAJORVERSION_NUMBER, AP_SERVER_MINORVERSION_NUMBER,
                          AP_SERVER_PATCHLEVEL_NUMBER)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_VERSION,
            Py_BuildValue("(iii)", WSGI_VERSION_MAJOR, WSGI_VERSION_MINOR, WSGI_VERSION_PATCH)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_PROCESS_GROUP, latin1(process.process_group)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_APPLICATION_GROUP, latin1(in->name)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_REQUEST_HANDLER, latin1(WSGI_HANDLER_NAME)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_HANDLER_SCRIPT, latin1("")) < 0)
        return -1;
    return 0;
}


static int put_variable(const wsgi_interpreter *interpreter, PyObject *environ, const char *name, const char *value)
{
    const int *place = apr_hash_get(known_keys, name, APR_HASH_KEY_STRING);
    PyObject *key;
    int failed;

    if (place == &skip)
        return 0;
    if (place && (*place == WSGI_KEY_DOCUMENT_ROOT || *place == WSGI_KEY_SCRIPT_FILENAME))
        return put(interpreter, environ, *place, file_name(value));
    if (place)
        return put(interpreter, environ, *place, latin1(value));

    key = latin1(name);
    if (!key)
        return -1;
    PyObject *text = latin1(value);
    failed = !text || PyDict_SetItem(environ, key, text) < 0;
    Py_XDECREF(text);
    Py_DECREF(key);
    return failed ? -1 : 0;
}


static int put_variables(const wsgi_interpreter *interpreter, PyObject *environ, const apr_array_header_t *entries)
{
    int i;

    for (i = 0; i < entries->nelts; i++) {
        const apr_table_entry_t *entry = &APR_ARRAY_IDX(entries, i, apr_table_entry_t);

        if (entry->key && entry->val && put_variable(interpreter, environ, entry->key, entry->val) < 0)
            return -1;
    }
    return 0;
}


static int put_request(wsgi_request *request, PyObject *environ)
{
    const wsgi_interpreter *const in = request->interpreter;
    const wsgi_exchange *const of = request->exchange;

    if (put(in, environ, WSGI_KEY_WSGI_URL_SCHEME, latin1(of->url_scheme)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_CALLABLE_OBJECT, latin1(of->settings->callable_object)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_SCRIPT_NAME, latin1(of->script_name)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_PATH_INFO, latin1(of->path_info)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_LISTENER_HOST, latin1(of->listener_host)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_LISTENER_PORT, PyUnicode_FromFormat("%d", of->listener_port)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_REQUEST_ID, latin1(of->request_id)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_THREAD_ID, PyLong_FromLong(request->owner->id)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_SERVER_PID, PyUnicode_FromFormat("%d", of->server_pid)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_QUEUE_START, seconds(of->queue_start)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_DAEMON_START, seconds(of->daemon_start)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_REQUEST_START, seconds(of->request_start)) < 0 ||
        put(in, environ, WSGI_KEY_MOD_WSGI_APPLICATION_START, seconds(request->begun)) < 0)
        return -1;
    return of->connection_id ? put(in, environ, WSGI_KEY_MOD_WSGI_CONNECTION_ID, latin1(of->connection_id)) : 0;
}


/* What few requests have. */
static int put_handler(wsgi_request *request, PyObject *environ)
{
    const wsgi_interpreter *const in = request->interpreter;
    const wsgi_settings *const settings = request->exchange->settings;
    void *apache_request = request->exchange->apache_request;

    if (*settings->handler_script &&
        (put(in, environ, WSGI_KEY_MOD_WSGI_REQUEST_HANDLER, latin1(settings->request_handler)) < 0 ||
         put(in, environ, WSGI_KEY_MOD_WSGI_HANDLER_SCRIPT, file_name(settings->handler_script)) < 0))
        return -1;
    return apache_request ? put(in, environ, WSGI_KEY_APACHE_REQUEST_REC,
                                PyCapsule_New(apache_request, "apache.request_rec", NULL))
                          : 0;
}


PyObject *wsgi_environ_new(wsgi_request *request, PyObject *input, PyObject *errors)
{
    const wsgi_interpreter *const in = request->interpreter;
    PyObject *environ = PyDict_Copy(in->environ_template);

    if (!environ)
        return NULL;
    /* The server's own entries come last, so that no SetEnv can take their place. */
    if (put_variables(in, environ, request->exchange->variables) < 0 || put_request(request, environ) < 0 ||
        put_handler(request, environ) < 0 ||
        (input && PyDict_SetItem(environ, in->environ_keys[WSGI_KEY_WSGI_INPUT], input) < 0) ||
        PyDict_SetItem(environ, in->environ_keys[WSGI_KEY_WSGI_ERRORS], errors) < 0)
        Py_CLEAR(environ);
    return environ;
}
