#include "process.h"

#include "config.h"

static const wsgi_group *own_group;  /* NULL in Apache's own processes */
static const char *own_label;


static int query(int what, int otherwise)
{
    int value;

    return ap_mpm_query(what, &value) == APR_SUCCESS ? value : otherwise;
}


void wsgi_process_join(const wsgi_group *group)
{
    own_group = group;
    own_label = apr_psprintf(group->server->process->pool, "daemon process '%s'", group->name);
}


int wsgi_process_is_daemon(void)
{
    return own_group != NULL;
}


const char *wsgi_process_path(const char *path)
{
    return own_group ? wsgi_group_path(own_group, path) : path;
}


static wsgi_process facts_of_group(const wsgi_group *group)
{
    const wsgi_process facts = {
        .maximum_processes = group->processes,
        .threads_per_process = group->threads,
        .is_multithread = group->threads > 1,
        .is_multiprocess = group->is_multiprocess,
        .is_run_once = group->threads == 1 && group->maximum_requests == 1,
        .has_server_metrics = group->server_metrics,
        .process_group = group->name,
        .label = own_label,
        .python_home = group->python_home ? group->python_home : wsgi_config_of_server(ap_server_conf)->python_home,
        .python_path = group->python_path,
        .home = group->home,
        .switch_interval = group->switch_interval ? group->switch_interval : wsgi_config_of_server(ap_server_conf)->switch_interval,
    };

    return facts;
}


static wsgi_process facts_of_apache(void)
{
    wsgi_process facts = {
        .has_server_metrics = wsgi_config_of_server(ap_server_conf)->server_metrics,
        .process_group = "",
        .label = "Apache child process",
        .python_home = wsgi_config_of_server(ap_server_conf)->python_home,
        .python_path = wsgi_config_of_server(ap_server_conf)->python_path,
        .switch_interval = wsgi_config_of_server(ap_server_conf)->switch_interval,
    };

    facts.is_only_process = ap_exists_config_define("DEBUG") || ap_exists_config_define("ONE_PROCESS");
    facts.maximum_processes =
        facts.is_only_process || query(AP_MPMQ_IS_FORKED, AP_MPMQ_NOT_SUPPORTED) == AP_MPMQ_NOT_SUPPORTED
            ? 1
            : query(AP_MPMQ_MAX_DAEMONS, 1);
    facts.threads_per_process =
        query(AP_MPMQ_IS_THREADED, AP_MPMQ_NOT_SUPPORTED) == AP_MPMQ_NOT_SUPPORTED ? 1 : query(AP_MPMQ_MAX_THREADS, 1);
    if (facts.threads_per_process < 1)
        facts.threads_per_process = 1;
    facts.is_multithread = facts.threads_per_process > 1;
    facts.is_multiprocess = facts.maximum_processes > 1;
    return facts;
}


wsgi_process wsgi_process_facts(void)
{
    return own_group ? facts_of_group(own_group) : facts_of_apache();
}
