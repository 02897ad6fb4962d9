#include "script.h"

#include "apr_file_io.h"

#include "config.h"
#include "log.h"
#include "process.h"

/* One script in one interpreter. `loading` is held while the script runs, so that one that takes long keeps nobody
 * waiting but those who want the same script. */
typedef struct {
    const char *path;
    const char *module_name;
    PyObject *module;
    apr_time_t modified;
    unsigned generation;  /* how often it was loaded */
    PyThread_type_lock loading;
} wsgi_script;


static volatile apr_time_t first_attempt;
static volatile int has_loaded;


apr_time_t wsgi_script_waiting_since(void)
{
    return has_loaded ? 0 : first_attempt;
}


static wsgi_script *find_script(wsgi_interpreter *interpreter, const char *path)
{
    wsgi_script *script = apr_hash_get(interpreter->scripts, path, APR_HASH_KEY_STRING);

    if (!script) {
        script = apr_pcalloc(interpreter->pool, sizeof(*script));
        script->path = apr_pstrdup(interpreter->pool, path);
        script->module_name = apr_pstrcat(interpreter->pool, "_mod_wsgi_",
                                          ap_md5(interpreter->pool, (const unsigned char *)path), NULL);
        script->loading = PyThread_allocate_lock();
        apr_hash_set(interpreter->scripts, script->path, APR_HASH_KEY_STRING, script);
    }
    return script;
}


/* Asks the script itself, which may define reload_required(path). */
static int wants_reload(const wsgi_script *script, const wsgi_exchange *exchange)
{
    PyObject *module = script->module;
    PyObject *ask = PyDict_GetItemString(PyModule_GetDict(module), "reload_required");
    PyObject *answer;
    int is_wanted;

    if (!ask)
        return 0;
    Py_INCREF(ask);
    answer = PyObject_CallFunction(ask, "s", script->path);
    is_wanted = answer ? PyObject_IsTrue(answer) : -1;
    if (is_wanted < 0)
        wsgi_log_exception(exchange, apr_psprintf(exchange->pool, "Exception raised by reload_required() of WSGI script '%s'; the "
                                           "script is not reloaded.", script->path));
    Py_XDECREF(answer);
    Py_DECREF(ask);
    return is_wanted > 0;
}


static int needs_loading(const wsgi_script *script, const wsgi_exchange *exchange, apr_time_t modified, int may_reload)
{
    if (!script->module)
        return 1;
    if (!may_reload)
        return 0;
    return script->modified != modified || wants_reload(script, exchange);
}


/* The whole file as bytes, NULL with an exception set. */
static PyObject *read_source(PyObject *path)
{
    PyObject *io = PyImport_ImportModule("io");
    PyObject *file = io ? PyObject_CallMethod(io, "open", "Os", path, "rb") : NULL;
    PyObject *source = file ? PyObject_CallMethod(file, "read", NULL) : NULL;
    PyObject *closed = file ? PyObject_CallMethod(file, "close", NULL) : NULL;

    Py_XDECREF(closed);
    Py_XDECREF(file);
    Py_XDECREF(io);
    return source;
}


/* compile() itself, because it minds coding lines, byte order marks and null bytes. */
static PyObject *compile_source(PyObject *source, PyObject *path)
{
    PyObject *builtins = PyImport_ImportModule("builtins");
    PyObject *code = builtins ? PyObject_CallMethod(builtins, "compile", "OOsii", source, path, "exec", 0, 1) : NULL;

    Py_XDECREF(builtins);
    return code;
}


/* A fresh module under the script's name in sys.modules: what the old one held is not to be seen by the new one. */
static PyObject *new_module(const wsgi_script *script, apr_time_t modified)
{
    PyObject *modules = PyImport_GetModuleDict();
    PyObject *module;
    PyObject *time;
    int failed;

    if (PyDict_GetItemString(modules, script->module_name) && PyDict_DelItemString(modules, script->module_name) < 0)
        return NULL;
    module = PyImport_AddModule(script->module_name);
    if (!module)
        return NULL;
    time = PyFloat_FromDouble((double)modified / APR_USEC_PER_SEC);
    failed = !time || PyModule_AddObject(module, "__mtime__", time) < 0;
    return failed ? NULL : module;
}


static void log_failure(const wsgi_script *script, const wsgi_exchange *exchange, const char *what)
{
    apr_pool_t *pool;

    apr_pool_create(&pool, NULL);
    wsgi_log_exception(exchange, apr_psprintf(pool, what, script->path));
    apr_pool_destroy(pool);
}


static void load(wsgi_script *script, wsgi_interpreter *interpreter, const wsgi_exchange *exchange, apr_time_t modified)
{
    PyObject *path = PyUnicode_DecodeFSDefault(script->path);
    PyObject *name = PyUnicode_FromString(script->module_name);
    PyObject *source = NULL;
    PyObject *code = NULL;
    PyObject *module = NULL;
    const int is_again = script->module != NULL;

    if (!first_attempt)
        first_attempt = apr_time_now();

    wsgi_log(NULL, APLOG_INFO, "%s WSGI script '%s' into %s.",
                 is_again ? "Reloading" : "Loading", script->path, interpreter->label);
    script->modified = modified;
    Py_CLEAR(script->module);
    if (path && name)
        source = read_source(path);
    if (source)
        code = compile_source(source, path);
    if (!code) {
        log_failure(script, exchange, "WSGI0105: Could not read or compile WSGI script '%s'.");
    }
    else {
        if (new_module(script, modified))
            module = PyImport_ExecCodeModuleObject(name, code, path, NULL);
        if (module) {
            script->module = module;
            has_loaded = 1;
        }
        else if (PyErr_ExceptionMatches(PyExc_SystemExit))
            log_failure(script, exchange, "WSGI0107: SystemExit exception raised when doing exec of Python script file '%s'.");
        else
            log_failure(script, exchange, "WSGI0109: Unable to execute Python script file '%s'.");
    }
    script->generation++;
    Py_XDECREF(code);
    Py_XDECREF(source);
    Py_XDECREF(name);
    Py_XDECREF(path);
}


int wsgi_script_is_outdated(wsgi_interpreter *interpreter, const wsgi_exchange *exchange, const char *path,
                            apr_time_t modified)
{
    const wsgi_script *script = find_script(interpreter, path);

    return script->module && (script->modified != modified || wants_reload(script, exchange));
}


PyObject *wsgi_script_module(wsgi_interpreter *interpreter, const wsgi_exchange *exchange, const char *path, apr_time_t modified,
                             int may_reload)
{
    wsgi_script *script = find_script(interpreter, path);
    const unsigned seen = script->generation;

    if (needs_loading(script, exchange, modified, may_reload)) {
        Py_BEGIN_ALLOW_THREADS
        PyThread_acquire_lock(script->loading, WAIT_LOCK);
        Py_END_ALLOW_THREADS
        /* Whoever was first has loaded what this thread waited for. */
        if (script->generation == seen || !script->module)
            load(script, interpreter, exchange, modified);
        PyThread_release_lock(script->loading);
    }
    Py_XINCREF(script->module);
    return script->module;
}


static void load_import(const wsgi_import *import, server_rec *server, apr_pool_t *pool)
{
    const char *path = wsgi_process_path(import->path);
    wsgi_interpreter *interpreter;
    PyObject *module;
    apr_finfo_t info;

    if (apr_stat(&info, path, APR_FINFO_MTIME, pool) != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, server,
                     "WSGI0083: Unable to stat target WSGI script '%s', which was to be loaded when the process starts.",
                     path);
        return;
    }
    interpreter = wsgi_interpreter_find(import->application_group, 1);
    if (!interpreter)
        return;
    wsgi_interpreter_enter(interpreter);
    module = wsgi_script_module(interpreter, NULL, path, info.mtime, 0);
    Py_XDECREF(module);
    wsgi_interpreter_leave();
}


void wsgi_script_load_imports(server_rec *server, const char *process_group, apr_pool_t *pool)
{
    for (; server; server = server->next) {
        const apr_array_header_t *imports = wsgi_config_of_server(server)->imports;
        int i;

        for (i = 0; i < imports->nelts; i++)
            if (!strcmp(APR_ARRAY_IDX(imports, i, wsgi_import).process_group, process_group))
                load_import(&APR_ARRAY_IDX(imports, i, wsgi_import), server, pool);
    }
}
