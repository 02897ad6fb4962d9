/* The module record and its hooks. <IfModule mod_wsgi.c> finds the module by the name of this file. */

#include "python_compat.h"

#include "apache.h"
#include "auth.h"
#include "config.h"
#include "connections.h"
#include "directives.h"
#include "group.h"
#include "handler.h"
#include "mount.h"
#include "processes.h"
#include "python_start.h"
#include "script.h"
#include "scoreboard.h"
#include "version.h"


static apr_pool_t *configuration_pool;
static int processes_are_started;


static int begin_configuration(apr_pool_t *config_pool, apr_pool_t *log_pool, apr_pool_t *temp_pool)
{
    (void)log_pool;
    (void)temp_pool;
    configuration_pool = config_pool;
    processes_are_started = 0;
    wsgi_groups_reset(config_pool);
    wsgi_directives_reset();
    return OK;
}


/* The processes look at Apache's scoreboard, so it has to be there. In a restart it is; in the first start, where the
 * configuration is read for a trial as well, it is made when the multi-processing module begins. */
static int start_processes_again(apr_pool_t *config_pool, apr_pool_t *log_pool, apr_pool_t *temp_pool, server_rec *server)
{
    (void)log_pool;
    (void)temp_pool;
    if (!ap_exists_scoreboard_image())
        return OK;
    processes_are_started = 1;
    return wsgi_processes_start(config_pool, server);
}


static int start_processes(apr_pool_t *process_pool, ap_scoreboard_e kind)
{
    (void)process_pool;
    (void)kind;
    return processes_are_started ? OK : wsgi_processes_start(configuration_pool, ap_server_conf);
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
    if (wsgi_config_of_server(server)->restrict_embedded && !wsgi_hook_scripts_are_used())
        return;
    wsgi_python_start(child_pool, server);
    wsgi_script_load_imports(server, "", child_pool);
}


static void register_hooks(apr_pool_t *pool)
{
    static const char *const after[] = {"mod_alias.c", NULL};
    static const char *const before_access[] = {"mod_ssl.c", NULL};
    static const char *const after_access[] = {"mod_authz_host.c", NULL};
    static const char *const before[] = {"mod_userdir.c", "mod_vhost_alias.c", NULL};

    wsgi_auth_register(pool);
    ap_hook_pre_config(begin_configuration, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(announce, NULL, NULL, APR_HOOK_MIDDLE);
    /* What another module refuses is refused before processes start. */
    ap_hook_post_config(start_processes_again, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_pre_mpm(start_processes, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_child_init(start_child, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_translate_name(wsgi_translate_name, after, before, APR_HOOK_MIDDLE);
    ap_hook_access_checker(wsgi_check_access, before_access, after_access, APR_HOOK_MIDDLE);
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
