#include "interpreter.h"

#include <unistd.h>

#include "apr_atomic.h"
#include "apr_file_info.h"

#include "bootstrap_py.h"
#include "config.h"
#include "environ.h"
#include "file_wrapper.h"
#include "input.h"
#include "log.h"
#include "process.h"
#include "python_module.h"
#include "response.h"
#include "thread.h"

/* How long the end of a process waits for Python threads; Apache kills a child that takes 9 seconds to stop. */
#define THREADS_END_WITHIN 3.0

static apr_thread_mutex_t *interpreters_lock;  /* never waited for with the GIL held */
static wsgi_interpreter *interpreters;         /* the main one is the last */
static wsgi_interpreter *main_interpreter;
static apr_pool_t *interpreters_pool;
static apr_thread_mutex_t *states_lock;  /* of all thread_states; held for a moment only */
static apr_uint32_t threads_inside;      /* interpreters entered and not left, in the whole process */


const char *wsgi_interpreter_label(const wsgi_interpreter *interpreter, apr_pool_t *pool)
{
    if (!*interpreter->name)
        return "Python main interpreter in Apache child process";
    return apr_psprintf(pool, "sub-interpreter '%s' in Apache child process", interpreter->name);
}


/* Thread states */

static PyThreadState *state_of(wsgi_thread *thread, wsgi_interpreter *interpreter)
{
    wsgi_thread_state *entry;

    for (entry = thread->states; entry; entry = entry->next)
        if (entry->interpreter == interpreter)
            return entry->state;
    return NULL;
}


static void remember_state(wsgi_thread *thread, wsgi_interpreter *interpreter, PyThreadState *state)
{
    wsgi_thread_state *entry = malloc(sizeof(*entry));

    if (!entry)
        ap_abort_on_oom();
    entry->interpreter = interpreter;
    entry->state = state;
    entry->next = thread->states;
    thread->states = entry;
    apr_thread_mutex_lock(states_lock);
    APR_ARRAY_PUSH(interpreter->thread_states, PyThreadState *) = state;
    apr_thread_mutex_unlock(states_lock);
}


static PyThreadState *state_for(wsgi_thread *thread, wsgi_interpreter *interpreter)
{
    PyThreadState *state = state_of(thread, interpreter);

    if (!state) {
        state = PyThreadState_New(interpreter->state);
        if (!state)
            ap_abort_on_oom();
        remember_state(thread, interpreter, state);
    }
    return state;
}


static void enter(wsgi_thread *thread, wsgi_interpreter *interpreter)
{
    /* The thread's first state is the one that PyGILState_Ensure() uses. It has to be the main interpreter's, where
     * extension modules that use that call are supported. */
    PyThreadState *of_main = state_for(thread, main_interpreter);
    PyThreadState *state = interpreter == main_interpreter ? of_main : state_for(thread, interpreter);

    thread->inside++;
    apr_atomic_inc32(&threads_inside);
    PyEval_RestoreThread(state);
}


static void left(wsgi_thread *thread)
{
    apr_atomic_dec32(&threads_inside);
    thread->inside--;
}


void wsgi_interpreter_leave(void)
{
    PyEval_SaveThread();
    left(wsgi_thread_current());
}


/* Preparing an interpreter: all with its thread state current, all returning 0, or -1 with an exception set. */

static PyObject *call_bootstrap(const wsgi_interpreter *interpreter, const char *function, PyObject *argument)
{
    PyObject *callable = PyDict_GetItemString(interpreter->bootstrap, function);

    if (!callable) {
        PyErr_SetString(PyExc_NameError, function);
        return NULL;
    }
    return PyObject_CallFunctionObjArgs(callable, argument, NULL);
}


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
    const char *list = wsgi_config_of_server(ap_server_conf)->python_path;
    PyObject *entries;
    PyObject *result;

    if (!list)
        return 0;
    entries = PyList_New(0);
    while (entries && *list) {
        const char *end = strchr(list, ':');
        const size_t length = end ? (size_t)(end - list) : strlen(list);
        PyObject *folder = length ? PyUnicode_DecodeFSDefaultAndSize(list, length) : NULL;
        PyObject *added = folder ? call_bootstrap(interpreter, "add_path", folder) : NULL;

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
    result = entries ? call_bootstrap(interpreter, "prepend_paths", entries) : NULL;
    Py_XDECREF(entries);
    Py_XDECREF(result);
    return result ? 0 : -1;
}


static int prepare_module(wsgi_interpreter *interpreter)
{
    interpreter->module = wsgi_python_module_new(interpreter);
    return interpreter->module ? 0 : -1;
}


static int prepare(wsgi_interpreter *interpreter)
{
    /* The streams come first: what fails afterwards, and what a .pth file prints, is then in the log. */
    if (prepare_bootstrap(interpreter) < 0 || prepare_types(interpreter) < 0 || prepare_streams(interpreter) < 0 ||
        prepare_path(interpreter) < 0 || prepare_module(interpreter) < 0)
        return -1;
    return wsgi_environ_prepare(interpreter);
}


static wsgi_interpreter *new_interpreter(const char *name)
{
    apr_pool_t *pool;
    wsgi_interpreter *interpreter;

    apr_pool_create(&pool, interpreters_pool);
    apr_pool_tag(pool, "wsgi_interpreter");
    interpreter = apr_pcalloc(pool, sizeof(*interpreter));
    interpreter->pool = pool;
    interpreter->name = apr_pstrdup(pool, name);
    interpreter->scripts = apr_hash_make(pool);
    interpreter->thread_states = apr_array_make(pool, 8, sizeof(PyThreadState *));
    return interpreter;
}


static void clear_objects(wsgi_interpreter *interpreter)
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


/* Ends the current sub-interpreter and makes the main one's thread state current again. */
static void end_sub_interpreter(PyThreadState *state, PyThreadState *of_main)
{
    Py_EndInterpreter(state);
#if PY_VERSION_HEX >= 0x030C0000
    PyEval_RestoreThread(of_main);
#else
    PyThreadState_Swap(of_main);
#endif
}


/* Called with the lock held and without the GIL. */
static wsgi_interpreter *make_interpreter(wsgi_thread *thread, const char *name)
{
    wsgi_interpreter *interpreter = new_interpreter(name);
    PyThreadState *of_main;
    PyThreadState *state;

    enter(thread, main_interpreter);
    of_main = PyThreadState_Get();
    state = Py_NewInterpreter();
    if (!state) {
        PyThreadState_Swap(of_main);
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, ap_server_conf, "WSGI0035: Unable to setup %s.",
                     wsgi_interpreter_label(interpreter, interpreter->pool));
        interpreter = NULL;
    }
    else {
        interpreter->state = PyThreadState_GetInterpreter(state);
        if (prepare(interpreter) < 0) {
            wsgi_log_exception(NULL, apr_psprintf(interpreter->pool, "WSGI0035: Unable to setup %s.",
                                                  wsgi_interpreter_label(interpreter, interpreter->pool)));
            clear_objects(interpreter);
            end_sub_interpreter(state, of_main);
            interpreter = NULL;
        }
        else {
            remember_state(thread, interpreter, state);
            interpreter->next = interpreters;
            interpreters = interpreter;
        }
    }
    wsgi_interpreter_leave();
    return interpreter;
}


wsgi_interpreter *wsgi_interpreter_enter(const char *name)
{
    wsgi_thread *thread = wsgi_thread_current();
    wsgi_interpreter *interpreter;

    if (!main_interpreter) {
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, ap_server_conf,
                     "WSGI0210: Embedded mode of mod_wsgi cannot be used as Python was not initialised; see the "
                     "messages from the start of this process.");
        return NULL;
    }
    if (!*name) {
        interpreter = main_interpreter;
    }
    else {
        apr_thread_mutex_lock(interpreters_lock);
        for (interpreter = interpreters; interpreter; interpreter = interpreter->next)
            if (!strcmp(interpreter->name, name))
                break;
        if (!interpreter)
            interpreter = make_interpreter(thread, name);
        apr_thread_mutex_unlock(interpreters_lock);
    }
    if (interpreter)
        enter(thread, interpreter);
    return interpreter;
}


/* The end. It runs when Apache destroys the child's pool. */

static int end_threads(const wsgi_interpreter *interpreter)
{
    PyObject *limit = PyFloat_FromDouble(THREADS_END_WITHIN);
    PyObject *ended = limit ? call_bootstrap(interpreter, "end_threads", limit) : NULL;
    const int all_ended = ended == Py_True;

    if (!ended)
        wsgi_log_exception(NULL, "WSGI0097: Exception raised by Python atexit functions of 'threading'.");
    else if (!all_ended)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, ap_server_conf,
                     "Python threads did not end within %.0f seconds and are abandoned; make them daemon threads, or "
                     "stop them in a function registered with atexit.", THREADS_END_WITHIN);
    Py_XDECREF(limit);
    Py_XDECREF(ended);
    return all_ended;
}


static void run_exit_functions(const wsgi_interpreter *interpreter)
{
    PyObject *result = call_bootstrap(interpreter, "run_exit_functions", NULL);

    if (!result)
        wsgi_log_exception(NULL, "WSGI0098: Exception raised by Python atexit functions.");
    Py_XDECREF(result);
}


/* Py_EndInterpreter() takes no interpreter with other thread states. Apache's threads have ended, but their states
 * have not; returns whether `own` is the only one once those are gone. */
static int is_last_state(const wsgi_interpreter *interpreter, PyThreadState *own)
{
    int i;

    for (i = 0; i < interpreter->thread_states->nelts; i++) {
        PyThreadState *state = APR_ARRAY_IDX(interpreter->thread_states, i, PyThreadState *);

        if (state != own) {
            PyThreadState_Clear(state);
            PyThreadState_Delete(state);
        }
    }
    return PyInterpreterState_ThreadHead(interpreter->state) == own && !PyThreadState_Next(own);
}


/* Returns whether the interpreter could be taken apart. */
static int stop_sub_interpreter(wsgi_thread *thread, wsgi_interpreter *interpreter)
{
    PyThreadState *of_main = state_for(thread, main_interpreter);
    PyThreadState *state;
    int all_ended;

    enter(thread, interpreter);
    state = PyThreadState_Get();
    all_ended = end_threads(interpreter);
    run_exit_functions(interpreter);
    if (!all_ended || apr_atomic_read32(&threads_inside) > 1 || !is_last_state(interpreter, state)) {
        wsgi_interpreter_leave();
        return 0;
    }
    clear_objects(interpreter);
    end_sub_interpreter(state, of_main);
    wsgi_interpreter_leave();
    return 1;
}


static apr_status_t stop_python(void *unused)
{
    wsgi_thread *thread = wsgi_thread_current();
    int can_finalize = 1;

    (void)unused;
    /* Apache's prefork child and httpd -X end in their signal handler, wherever the signal found them. Inside Python
     * that means in the middle of changing Python's memory: better not to run exit functions than to hang. */
    if (thread->inside) {
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, ap_server_conf,
                     "The process ends in the middle of a request; Python is not shut down and atexit functions do not run.");
        return APR_SUCCESS;
    }
    for (; interpreters != main_interpreter; interpreters = interpreters->next)
        can_finalize &= stop_sub_interpreter(thread, interpreters);

    enter(thread, main_interpreter);
    can_finalize &= end_threads(main_interpreter) && apr_atomic_read32(&threads_inside) == 1;
    if (can_finalize) {
        clear_objects(main_interpreter);
        Py_FinalizeEx();
        left(thread);
    }
    else {
        run_exit_functions(main_interpreter);
        wsgi_interpreter_leave();
    }
    main_interpreter = interpreters = NULL;
    return APR_SUCCESS;
}


/* The start */

static void log_bad_home(server_rec *server, apr_pool_t *pool, const char *home)
{
    apr_finfo_t info;
    const apr_status_t rv = apr_stat(&info, home, APR_FINFO_TYPE, pool);

    if (rv != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_WARNING, rv, server,
                     "WSGI0100: Unable to stat Python home '%s'. Python may not start; correct WSGIPythonHome, or "
                     "give the user of the server access to the folder.", home);
    else if (info.filetype != APR_DIR)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server,
                     "WSGI0101: Python home '%s' is not a directory. WSGIPythonHome is the folder that sys.prefix names.",
                     home);
    else if (access(home, X_OK) < 0)
        ap_log_error(APLOG_MARK, APLOG_WARNING, APR_FROM_OS_ERROR(errno), server,
                     "WSGI0102: Python home '%s' is not accessible for the user of the server.", home);
}


static int exists(const char *path)
{
    return access(path, F_OK) == 0;
}


/* Python finds everything from the place of its executable, virtual environments included; with no executable there
 * (a bare prefix) it must be told the prefix. */
static PyStatus set_home(PyConfig *config, apr_pool_t *pool, const char *home)
{
    const char *program = WSGI_PYTHON_EXECUTABLE;
    PyStatus status;

    if (home) {
        const char *own = apr_pstrcat(pool, home, "/bin/python", NULL);

        if (!exists(own))
            own = apr_psprintf(pool, "%s/bin/python%d.%d", home, PY_MAJOR_VERSION, PY_MINOR_VERSION);
        if (!exists(apr_pstrcat(pool, home, "/pyvenv.cfg", NULL))) {
            status = PyConfig_SetBytesString(config, &config->home, home);
            if (PyStatus_Exception(status))
                return status;
        }
        if (exists(own))
            program = own;
    }
    return PyConfig_SetBytesString(config, &config->program_name, program);
}


static PyStatus initialize(apr_pool_t *pool, const char *home)
{
    char *arguments[] = {(char *)"mod_wsgi"};
    PyConfig config;
    PyStatus status;

    PyConfig_InitPythonConfig(&config);
    config.install_signal_handlers = 0;
    config.configure_c_stdio = 0;
    config.parse_argv = 0;
    status = PyConfig_SetBytesArgv(&config, 1, arguments);
    if (!PyStatus_Exception(status))
        status = set_home(&config, pool, home);
    if (!PyStatus_Exception(status))
        status = Py_InitializeFromConfig(&config);
    PyConfig_Clear(&config);
    return status;
}


static void warn_of_other_python(server_rec *server)
{
    const char *running = Py_GetVersion();
    const size_t length = strcspn(running, " ");

    if (strlen(PY_VERSION) != length || strncmp(running, PY_VERSION, length))
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, server, "WSGI0099: Compiled for Python/%s but runtime using Python/%.*s.",
                     PY_VERSION, (int)length, running);
}


void wsgi_python_start(apr_pool_t *child_pool, server_rec *server)
{
    const char *home = wsgi_config_of_server(server)->python_home;
    wsgi_interpreter *interpreter;
    PyStatus status;

    interpreters_pool = child_pool;
    main_interpreter = interpreters = NULL;
    threads_inside = 0;
    apr_thread_mutex_create(&interpreters_lock, APR_THREAD_MUTEX_UNNESTED, child_pool);
    apr_thread_mutex_create(&states_lock, APR_THREAD_MUTEX_UNNESTED, child_pool);
    wsgi_threads_init(child_pool);
    wsgi_environ_init(child_pool);

    if (home)
        log_bad_home(server, child_pool, home);
    status = initialize(child_pool, home);
    if (PyStatus_Exception(status)) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, server,
                     "WSGI0036: Python interpreter configuration failed in Apache child process: %s. The user of the "
                     "server must be able to read the Python installation %s.",
                     status.err_msg ? status.err_msg : "unknown reason", home ? home : WSGI_PYTHON_EXECUTABLE);
        return;
    }
    warn_of_other_python(server);

    interpreter = new_interpreter("");
    interpreter->state = PyThreadState_GetInterpreter(PyThreadState_Get());
    if (prepare(interpreter) < 0) {
        wsgi_log_exception(NULL, "WSGI0035: Unable to setup Python main interpreter in Apache child process.");
        PyEval_SaveThread();
        return;
    }
    interpreters = main_interpreter = interpreter;
    remember_state(wsgi_thread_current(), interpreter, PyThreadState_Get());
    PyEval_SaveThread();
    apr_pool_pre_cleanup_register(child_pool, NULL, stop_python);
}
