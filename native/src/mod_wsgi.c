/* The module record and its hooks. <IfModule mod_wsgi.c> finds the module by the name of this file. */

#include "python_compat.h"

#include "apache.h"
#include "config.h"
#include "connections.h"
#include "group.h"
#include "handler.h"
#include "mount.h"
#include "processes.h"
#include "python_start.h"
#include "script.h"
#include "version.h"


static int begin_configuration(apr_pool_t *config_pool, apr_pool_t *log_pool, apr_pool_t *temp_pool)
{
    (void)log_pool;
    (void)temp_pool;
    wsgi_groups_reset(config_pool);
    return OK;
}


/* The first reading of the configuration at start-up is a trial. */
static int start_processes(apr_pool_t *config_pool, apr_pool_t *log_pool, apr_pool_t *temp_pool, server_rec *server)
{
    (void)log_pool;
    (void)temp_pool;
    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG)
        return OK;
    return wsgi_processes_start(config_pool, server);
}


static int announce(apr_pool_t *config_pool, apr_pool_t *log_pool, apr_pool_t *temp_pool, server_rec *server)
{
    (void)log_pool;
    (void)temp_pool;
    (void)server;
    ap_add_version_component(config_pool, "mod_wsgi/" WSGI_VERSION_TEXT);
    ap_add_version_component(config_pool, apr_psprintf(config_pool, "Python/%d.%d", PY_MAJOR_VERSION, PY_MINOR_VERSION));
    return OK;
}


/* Python starts in the children only: the parent keeps its privileges, and its threads would not survive the fork. */
static void start_child(apr_pool_t *child_pool, server_rec *server)
{
    wsgi_processes_leave();
    wsgi_connections_init(child_pool);
    if (wsgi_config_of_server(server)->restrict_embedded)
        return;
    wsgi_python_start(child_pool, server);
    wsgi_script_load_imports(server, "", child_pool);
}


static void register_hooks(apr_pool_t *pool)
{
    static const char *const after[] = {"mod_alias.c", NULL};
    static const char *const before[] = {"mod_userdir.c", "mod_vhost_alias.c", NULL};

    (void)pool;
    ap_hook_pre_config(begin_configuration, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(announce, NULL, NULL, APR_HOOK_MIDDLE);
    /* What another module refuses is refused before processes start. */
    ap_hook_post_config(start_processes, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_child_init(start_child, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_translate_name(wsgi_translate_name, after, before, APR_HOOK_MIDDLE);
    ap_hook_handler(wsgi_handle_request, NULL, NULL, APR_HOOK_MIDDLE);
}


__attribute__((visibility("default"))) module AP_MODULE_DECLARE_DATA wsgi_module = {
    STANDARD20_MODULE_STUFF,
    wsgi_create_directory_config,
    wsgi_merge_directory_config,
    wsgi_create_server_config,
    wsgi_merge_server_config,
    wsgi_directives,
    register_hooks,
#if defined(AP_MODULE_FLAG_NONE)
    AP_MODULE_FLAG_NONE,
#endif
};
