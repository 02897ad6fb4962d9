#include "python_start.h"

#include <unistd.h>

#include "apr_file_info.h"

#include "config.h"
#include "environ.h"
#include "interpreter.h"
#include "log.h"
#include "metrics.h"
#include "process.h"
#include "thread.h"


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


/* What the directives say; where they say nothing, Python's environment variables count. */
static PyStatus set_options(PyConfig *config)
{
    const wsgi_server_config *of = wsgi_config_of_server(ap_server_conf);
    PyStatus status = PyStatus_Ok();
    int i;

    if (of->python_optimize != WSGI_UNSET)
        config->optimization_level = of->python_optimize;
    if (of->dont_write_bytecode != WSGI_UNSET)
        config->write_bytecode = !of->dont_write_bytecode;
    if (of->python_hash_seed) {
        config->use_hash_seed = strcasecmp(of->python_hash_seed, "random") != 0;
        config->hash_seed = config->use_hash_seed ? strtoul(of->python_hash_seed, NULL, 10) : 0;
    }
    for (i = 0; i < of->python_warnings->nelts && !PyStatus_Exception(status); i++) {
        wchar_t *filter = Py_DecodeLocale(APR_ARRAY_IDX(of->python_warnings, i, const char *), NULL);

        status = filter ? PyWideStringList_Append(&config->warnoptions, filter) : PyStatus_NoMemory();
        PyMem_RawFree(filter);
    }
    return status;
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
        status = set_options(&config);
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
    const wsgi_process process = wsgi_process_facts();
    const char *home = process.python_home;
    PyStatus status;

    wsgi_log_server = server;
    wsgi_threads_init(child_pool);
    wsgi_environ_init(child_pool);
    wsgi_interpreters_init(child_pool);
    wsgi_metrics_init();

    if (!wsgi_process_is_daemon() && wsgi_config_of_server(server)->python_eggs)
        setenv("PYTHON_EGG_CACHE", wsgi_config_of_server(server)->python_eggs, 1);
    if (home)
        log_bad_home(server, child_pool, home);
    status = initialize(child_pool, home);
    if (PyStatus_Exception(status)) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, server,
                     "WSGI0036: Python interpreter configuration failed in %s: %s. The user of the "
                     "process must be able to read the Python installation %s.",
                     process.label, status.err_msg ? status.err_msg : "unknown reason", home ? home : WSGI_PYTHON_EXECUTABLE);
        return;
    }
    warn_of_other_python(server);
    wsgi_interpreters_begin(child_pool);
}
