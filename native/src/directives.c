#include "directives.h"

#include "config.h"
#include "group.h"
#include "labels.h"
#include "options.h"
#include "trusted.h"

static int hooks_are_used;


void wsgi_directives_reset(void)
{
    hooks_are_used = 0;
}


int wsgi_hook_scripts_are_used(void)
{
    return hooks_are_used;
}


/* Directive handlers: each returns NULL or the sentence that Apache prints behind the place in the file. */

static const char *not_a_flag(cmd_parms *cmd, const char *what, const char *value)
{
    return apr_psprintf(cmd->pool, "%s: %s must be On or Off, not '%s'", cmd->cmd->name, what, value);
}


static const char *parse_mount_options(cmd_parms *cmd, const char *line, wsgi_mount *mount)
{
    const char *name;
    const char *value;
    const char *error;

    for (;;) {
        error = wsgi_next_option(cmd, &line, &name, &value);
        if (error || !name)
            return error;
        if (!strcmp(name, "process-group")) {
            mount->process_group = value;
        }
        else if (!strcmp(name, "application-group")) {
            mount->application_group = value;
        }
        else if (!strcmp(name, "callable-object")) {
            mount->callable_object = value;
        }
        else if (!strcmp(name, "pass-authorization")) {
            if (!wsgi_parse_flag(value, &mount->pass_authorization))
                return not_a_flag(cmd, name, value);
        }
        else {
            return wsgi_unknown_option(cmd, name);
        }
    }
}


static void add_import(cmd_parms *cmd, const char *path, const char *process_group, const char *application_group)
{
    wsgi_server_config *config = wsgi_config_of_server(cmd->server);
    wsgi_import *import = apr_array_push(config->imports);

    import->path = path;
    import->process_group = wsgi_fixed_group(process_group);
    import->application_group = wsgi_fixed_group(application_group);
}


static const char *set_script_alias(cmd_parms *cmd, void *directory, const char *line)
{
    const int is_match = cmd->info != NULL;
    wsgi_server_config *config = wsgi_config_of_server(cmd->server);
    wsgi_mount mount = {.pass_authorization = WSGI_UNSET};
    const char *location = ap_getword_conf(cmd->pool, &line);
    const char *target = ap_getword_conf(cmd->pool, &line);
    const char *error;

    (void)directory;
    if (!*location || !*target)
        return apr_psprintf(cmd->pool, "%s needs a URL %s and a path", cmd->cmd->name, is_match ? "pattern" : "prefix");

    if (is_match) {
        mount.pattern = ap_pregcomp(cmd->pool, location, AP_REG_EXTENDED);
        if (!mount.pattern)
            return apr_psprintf(cmd->pool, "%s: '%s' is not a regular expression", cmd->cmd->name, location);
    }
    else {
        mount.url_path = location;
    }
    mount.target = target;

    error = parse_mount_options(cmd, line, &mount);
    if (error)
        return error;
    APR_ARRAY_PUSH(config->mounts, wsgi_mount) = mount;

    /* With both groups known in advance the script can be loaded before the first request needs it. */
    if (wsgi_fixed_group(mount.process_group) && wsgi_fixed_group(mount.application_group) && !(is_match && strchr(target, '$')) &&
        !ap_is_directory(cmd->temp_pool, target))
        add_import(cmd, target, mount.process_group, mount.application_group);
    return NULL;
}


/* There is no request yet that could say which group is meant: it has to be known here. */
static const char *check_import_group(cmd_parms *cmd, const char *name)
{
    const char *fixed = wsgi_fixed_group(name);
    const wsgi_group *group;

    if (!name || (fixed && !*fixed))
        return NULL;
    group = wsgi_group_named(name);
    if (!group)
        return apr_psprintf(cmd->pool, "WSGIImportScript: process group '%s' is not defined; write its WSGIDaemonProcess "
                            "in front of this line", name);
    if (!wsgi_group_is_visible(group, cmd->server))
        return apr_psprintf(cmd->pool, "WSGIImportScript: process group '%s' belongs to another virtual host", name);
    return NULL;
}


static const char *set_import_script(cmd_parms *cmd, void *directory, const char *line)
{
    const char *path = ap_getword_conf(cmd->pool, &line);
    const char *process_group = NULL;
    const char *application_group = NULL;
    const char *name;
    const char *value;
    const char *error;

    (void)directory;
    if (!*path)
        return "WSGIImportScript needs the path of a script";
    for (;;) {
        error = wsgi_next_option(cmd, &line, &name, &value);
        if (error)
            return error;
        if (!name)
            break;
        if (!strcmp(name, "process-group"))
            process_group = value;
        else if (!strcmp(name, "application-group"))
            application_group = value;
        else
            return wsgi_unknown_option(cmd, name);
    }
    if (!application_group)
        return "WSGIImportScript needs application-group=NAME: the interpreter to load the script into";
    if (!wsgi_fixed_group(application_group))
        return apr_psprintf(cmd->pool, "WSGIImportScript: application group '%s' depends on a request, and there is "
                            "none when the script is loaded; write a name or %%{GLOBAL}", application_group);
    error = check_import_group(cmd, process_group);
    if (error)
        return error;
    add_import(cmd, path, process_group ? process_group : "", application_group);
    return NULL;
}


static const char *set_server_string(cmd_parms *cmd, void *directory, const char *value)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)directory;
    if (error)
        return error;
    return ap_set_string_slot(cmd, wsgi_config_of_server(cmd->server), value);
}


static const char *set_server_flag(cmd_parms *cmd, void *directory, int value)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);

    (void)directory;
    if (error)
        return error;
    return ap_set_flag_slot(cmd, wsgi_config_of_server(cmd->server), value);
}


/* The field of the main server's configuration that a directive sets, or NULL with *error set. */
static void *server_field(cmd_parms *cmd, const char **error)
{
    *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    return *error ? NULL : (char *)wsgi_config_of_server(cmd->server) + (size_t)cmd->info;
}


static const char *set_optimize(cmd_parms *cmd, void *directory, const char *value)
{
    const char *error;
    int *level = server_field(cmd, &error);

    (void)directory;
    if (error)
        return error;
    if (strlen(value) != 1 || *value < '0' || *value > '2')
        return apr_psprintf(cmd->pool, "WSGIPythonOptimize must be 0, 1 or 2, not '%s'", value);
    *level = *value - '0';
    return NULL;
}


static const char *set_hash_seed(cmd_parms *cmd, void *directory, const char *value)
{
    const char *error;
    const char **seed = server_field(cmd, &error);
    apr_int64_t number;
    char *end;

    (void)directory;
    if (error)
        return error;
    *seed = value;
    if (!strcasecmp(value, "random"))
        return NULL;
    number = apr_strtoi64(value, &end, 10);
    if (apr_isdigit(*value) && !*end && number <= 4294967295LL)
        return NULL;
    return apr_psprintf(cmd->pool, "WSGIPythonHashSeed must be random or a number from 0 to 4294967295, not '%s'", value);
}


static const char *add_warning(cmd_parms *cmd, void *directory, const char *value)
{
    const char *error;
    apr_array_header_t **warnings = server_field(cmd, &error);

    (void)directory;
    if (!error)
        APR_ARRAY_PUSH(*warnings, const char *) = value;
    return error;
}


static const char *set_switch_interval(cmd_parms *cmd, void *directory, const char *value)
{
    const char *error;
    double *seconds = server_field(cmd, &error);

    (void)directory;
    if (error)
        return error;
    return wsgi_parse_seconds(value, seconds)
               ? NULL
               : apr_psprintf(cmd->pool, "WSGISwitchInterval must be a number of seconds above 0, not '%s'", value);
}


/* What was needed once and is no more: it may say what is the case anyway. */
static const char *accept_obsolete(cmd_parms *cmd, void *directory, const char *value)
{
    const char *error = ap_check_cmd_context(cmd, GLOBAL_ONLY);
    const char *const *allowed = cmd->info;

    (void)directory;
    if (error)
        return error;
    for (; *allowed; allowed++)
        if (!strcasecmp(value, *allowed))
            return NULL;
    return apr_psprintf(cmd->pool, "%s: '%s' is not possible here; leave the directive out", cmd->cmd->name, value);
}


static const char *accept_flag(cmd_parms *cmd, void *directory, int value)
{
    (void)cmd;
    (void)directory;
    (void)value;
    return NULL;
}


static const char *const accept_mutexes[] = {"Default", "flock", "fcntl", "sysvsem", "posixsem", "pthread", NULL};
static const char *const only_on[] = {"On", NULL};
static const char *const on_or_off[] = {"On", "Off", NULL};


/* The name of what is refused stands behind a mark, so that a program that looks into the module's file for what it
 * knows can tell it apart (common/src/runtime/module-features.ts). */
#define REFUSED(name, advice) \
    AP_INIT_RAW_ARGS(name, refuse, (void *)(advice), RSRC_CONF | OR_ALL | EXEC_ON_READ, "not supported: " name)

static const char *refuse(cmd_parms *cmd, void *directory, const char *line)
{
    (void)directory;
    (void)line;
    return apr_psprintf(cmd->pool, "%s is not supported by this mod_wsgi: %s", cmd->cmd->name, (const char *)cmd->info);
}


static const char *set_map_head(cmd_parms *cmd, void *directory, const char *value)
{
    int *mode = &((wsgi_directory_config *)directory)->map_head;

    if (!strcasecmp(value, "Auto"))
        *mode = WSGI_MAP_HEAD_AUTO;
    else if (!wsgi_parse_flag(value, mode))
        return apr_psprintf(cmd->pool, "WSGIMapHEADToGET must be On, Off or Auto, not '%s'", value);
    return NULL;
}


/* Adds to a list of pointers, which the first one makes: each directive replaces the list of the outer folder as a whole. */
static const char *add_to(const apr_array_header_t **list, cmd_parms *cmd, const void *item)
{
    if (!*list)
        *list = apr_array_make(cmd->pool, 2, sizeof(void *));
    APR_ARRAY_PUSH((apr_array_header_t *)*list, const void *) = item;
    return NULL;
}


static const char *add_restricted_group(cmd_parms *cmd, void *directory, const char *name)
{
    return add_to(&((wsgi_directory_config *)directory)->restricted_groups, cmd, name);
}


static const char *add_trusted_header(cmd_parms *cmd, void *directory, const char *name)
{
    const char *variable = wsgi_trusted_variable(name);

    if (!variable)
        return apr_psprintf(cmd->pool, "WSGITrustedProxyHeaders: '%s' is none of the headers that are understood: %s", name,
                            wsgi_trusted_names(cmd->pool));
    return add_to(&((wsgi_directory_config *)directory)->trusted_headers, cmd, variable);
}


static const char *add_trusted_proxy(cmd_parms *cmd, void *directory, const char *text)
{
    apr_ipsubnet_t *subnet = wsgi_trusted_subnet(cmd->pool, text);

    if (!subnet)
        return apr_psprintf(cmd->pool, "WSGITrustedProxies: Unable to parse trusted proxy IP address/subnet of \"%s\"; names of "
                            "hosts are not looked up", text);
    return add_to(&((wsgi_directory_config *)directory)->trusted_proxies, cmd, subnet);
}


static const char *set_hook_script(cmd_parms *cmd, void *directory, const char *line)
{
    wsgi_hook_script *script = apr_pcalloc(cmd->pool, sizeof(*script));
    const char *name;
    const char *value;
    const char *error;

    script->path = ap_getword_conf(cmd->pool, &line);
    script->application_group = "%{GLOBAL}";
    if (!*script->path)
        return apr_psprintf(cmd->pool, "%s needs the path of a script", cmd->cmd->name);
    script->path = ap_server_root_relative(cmd->pool, script->path);
    for (;;) {
        error = wsgi_next_option(cmd, &line, &name, &value);
        if (error)
            return error;
        if (!name)
            break;
        if (strcmp(name, "application-group"))
            return wsgi_unknown_option(cmd, name);
        script->application_group = value;
    }
    *(const wsgi_hook_script **)((char *)directory + (size_t)cmd->info) = script;
    hooks_are_used = 1;
    return NULL;
}


static const char *set_handler_script(cmd_parms *cmd, void *directory, const char *line)
{
    wsgi_directory_config *config = directory;
    wsgi_handler_script *handler = apr_pcalloc(cmd->pool, sizeof(*handler));
    const char *name = ap_getword_conf(cmd->pool, &line);
    const char *error;

    handler->path = ap_getword_conf(cmd->pool, &line);
    handler->options.pass_authorization = WSGI_UNSET;
    if (!*name || !*handler->path)
        return "WSGIHandlerScript needs the name of a handler and the path of a script";
    handler->path = ap_server_root_relative(cmd->pool, handler->path);
    error = parse_mount_options(cmd, line, &handler->options);
    if (error)
        return error;
    if (handler->options.callable_object)
        return wsgi_unknown_option(cmd, "callable-object");
    if (!config->handlers)
        config->handlers = apr_hash_make(cmd->pool);
    apr_hash_set(config->handlers, name, APR_HASH_KEY_STRING, handler);
    if (wsgi_fixed_group(handler->options.process_group) && wsgi_fixed_group(handler->options.application_group))
        add_import(cmd, handler->path, handler->options.process_group, handler->options.application_group);
    return NULL;
}


#define IN_SERVER(field) ((void *)APR_OFFSETOF(wsgi_server_config, field))
#define IN_FOLDER(field) ((void *)APR_OFFSETOF(wsgi_directory_config, field))

const command_rec wsgi_directives[] = {
    AP_INIT_RAW_ARGS("WSGIScriptAlias", set_script_alias, NULL, RSRC_CONF,
                     "URL prefix, script or folder of scripts, options as name=value"),
    AP_INIT_RAW_ARGS("WSGIScriptAliasMatch", set_script_alias, (void *)"match", RSRC_CONF,
                     "URL pattern, script or folder with $1..$9, options as name=value"),
    AP_INIT_RAW_ARGS("WSGIImportScript", set_import_script, NULL, RSRC_CONF,
                     "Script to load when a process starts, process-group=NAME application-group=NAME"),
    AP_INIT_TAKE1("WSGIPythonHome", set_server_string, IN_SERVER(python_home), RSRC_CONF,
                  "Root of the Python installation or virtual environment"),
    AP_INIT_TAKE1("WSGIPythonPath", set_server_string, IN_SERVER(python_path), RSRC_CONF,
                  "Folders for the front of sys.path, separated by colons"),
    AP_INIT_FLAG("WSGIRestrictStdin", set_server_flag, IN_SERVER(restrict_stdin), RSRC_CONF,
                 "On: using sys.stdin is an error"),
    AP_INIT_FLAG("WSGIRestrictStdout", set_server_flag, IN_SERVER(restrict_stdout), RSRC_CONF,
                 "On: using sys.stdout is an error"),
    AP_INIT_RAW_ARGS("WSGIDaemonProcess", wsgi_group_define, NULL, RSRC_CONF,
                     "Name of a group of processes for applications, options as name=value"),
    AP_INIT_TAKE1("WSGIProcessGroup", ap_set_string_slot, IN_FOLDER(process_group), ACCESS_CONF | RSRC_CONF,
                  "Name of the group of processes, or %{GLOBAL}, %{SERVER}, %{RESOURCE}, %{HOST}, %{ENV:variable}"),
    AP_INIT_FLAG("WSGIRestrictEmbedded", set_server_flag, IN_SERVER(restrict_embedded), RSRC_CONF,
                 "On: no application runs in Apache's own processes"),
    AP_INIT_TAKE1("WSGISocketPrefix", set_server_string, IN_SERVER(socket_prefix), RSRC_CONF,
                  "What the names of the sockets to the process groups begin with"),
    AP_INIT_TAKE1("WSGIApplicationGroup", ap_set_string_slot, IN_FOLDER(application_group), ACCESS_CONF | RSRC_CONF,
                  "Name of the interpreter, or %{GLOBAL}, %{SERVER}, %{RESOURCE}, %{HOST}, %{ENV:variable}"),
    AP_INIT_TAKE1("WSGICallableObject", ap_set_string_slot, IN_FOLDER(callable_object), OR_FILEINFO,
                  "Name of the callable in the script, or %{ENV:variable}"),
    AP_INIT_FLAG("WSGIScriptReloading", ap_set_flag_slot, IN_FOLDER(script_reloading), OR_FILEINFO,
                 "On: load a script again when its file has changed"),
    AP_INIT_FLAG("WSGIChunkedRequest", ap_set_flag_slot, IN_FOLDER(chunked_request), OR_FILEINFO,
                 "On: accept request bodies with chunked transfer coding"),
    AP_INIT_FLAG("WSGIPassAuthorization", ap_set_flag_slot, IN_FOLDER(pass_authorization), OR_FILEINFO,
                 "On: the application sees the Authorization header"),
    AP_INIT_FLAG("WSGIErrorOverride", ap_set_flag_slot, IN_FOLDER(error_override), OR_FILEINFO,
                 "On: error responses of applications are replaced by ErrorDocument"),
    AP_INIT_FLAG("WSGIEnableSendfile", ap_set_flag_slot, IN_FOLDER(enable_sendfile), OR_FILEINFO,
                 "On: files of wsgi.file_wrapper are sent by the system's sendfile"),
    AP_INIT_TAKE1("WSGIMapHEADToGET", set_map_head, NULL, OR_FILEINFO,
                  "On, Off or Auto: applications are asked with GET where a client asks with HEAD"),
    AP_INIT_FLAG("WSGIIgnoreActivity", ap_set_flag_slot, IN_FOLDER(ignore_activity), OR_FILEINFO,
                 "On: requests do not count for inactivity-timeout"),
    AP_INIT_FLAG("WSGIPassApacheRequest", ap_set_flag_slot, IN_FOLDER(pass_apache_request), ACCESS_CONF | RSRC_CONF,
                 "On: apache.request_rec is in the environ, in embedded mode"),
    AP_INIT_ITERATE("WSGIRestrictProcess", add_restricted_group, NULL, ACCESS_CONF | RSRC_CONF,
                    "Names of the process groups that may be chosen here"),
    AP_INIT_ITERATE("WSGITrustedProxyHeaders", add_trusted_header, NULL, OR_FILEINFO,
                    "Headers of proxies that say how the client sees the request"),
    AP_INIT_ITERATE("WSGITrustedProxies", add_trusted_proxy, NULL, OR_FILEINFO,
                    "Addresses or networks of the proxies whose headers are believed"),
    AP_INIT_RAW_ARGS("WSGIHandlerScript", set_handler_script, NULL, ACCESS_CONF | RSRC_CONF,
                     "Name of a handler and script with its function handle_request, options as name=value"),
    AP_INIT_RAW_ARGS("WSGIDispatchScript", set_hook_script, IN_FOLDER(dispatch_script), ACCESS_CONF | RSRC_CONF,
                     "Script that chooses process group, interpreter and callable, application-group=NAME"),
    AP_INIT_RAW_ARGS("WSGIAccessScript", set_hook_script, IN_FOLDER(access_script), OR_AUTHCFG,
                     "Script with allow_access, application-group=NAME"),
    AP_INIT_RAW_ARGS("WSGIAuthUserScript", set_hook_script, IN_FOLDER(user_script), OR_AUTHCFG,
                     "Script with check_password or get_realm_hash, application-group=NAME"),
    AP_INIT_RAW_ARGS("WSGIAuthGroupScript", set_hook_script, IN_FOLDER(group_script), OR_AUTHCFG,
                     "Script with groups_for_user, application-group=NAME"),
    AP_INIT_TAKE1("WSGIPythonOptimize", set_optimize, IN_SERVER(python_optimize), RSRC_CONF,
                  "0, 1 (as python -O) or 2 (as python -OO)"),
    AP_INIT_FLAG("WSGIDontWriteBytecode", set_server_flag, IN_SERVER(dont_write_bytecode), RSRC_CONF,
                 "On: Python writes no .pyc files"),
    AP_INIT_TAKE1("WSGIPythonHashSeed", set_hash_seed, IN_SERVER(python_hash_seed), RSRC_CONF,
                  "random, or a number from 0 to 4294967295"),
    AP_INIT_TAKE1("WSGIPythonWarnings", add_warning, IN_SERVER(python_warnings), RSRC_CONF,
                  "A filter as of python -W; one for each directive"),
    AP_INIT_TAKE1("WSGIPythonEggs", set_server_string, IN_SERVER(python_eggs), RSRC_CONF,
                  "PYTHON_EGG_CACHE of Apache's own processes"),
    AP_INIT_TAKE1("WSGISwitchInterval", set_switch_interval, IN_SERVER(switch_interval), RSRC_CONF,
                  "Seconds after which Python lets another thread run"),
    AP_INIT_FLAG("WSGIRestrictSignal", set_server_flag, IN_SERVER(restrict_signal), RSRC_CONF,
                 "On: signal.signal() installs nothing"),
    AP_INIT_FLAG("WSGIDestroyInterpreter", set_server_flag, IN_SERVER(destroy_interpreter), RSRC_CONF,
                 "Off: interpreters are not taken apart when a process ends"),
    AP_INIT_FLAG("WSGICaseSensitivity", set_server_flag, IN_SERVER(case_sensitivity), RSRC_CONF,
                 "Off: the file system does not tell upper from lower case"),
    AP_INIT_FLAG("WSGISocketRotation", set_server_flag, IN_SERVER(socket_rotation), RSRC_CONF,
                 "Off: sockets keep their names when the server is restarted"),
    AP_INIT_FLAG("WSGIServerMetrics", set_server_flag, IN_SERVER(server_metrics), RSRC_CONF,
                 "On: mod_wsgi.server_metrics() tells what Apache's processes do"),
    AP_INIT_TAKE1("WSGIAcceptMutex", accept_obsolete, (void *)accept_mutexes, RSRC_CONF,
                  "Of no effect: the processes of a group need no lock to accept"),
    AP_INIT_TAKE1("WSGILazyInitialization", accept_obsolete, (void *)only_on, RSRC_CONF,
                  "On, which is the case: Python starts in the processes that run applications"),
    AP_INIT_TAKE1("WSGIVerboseDebugging", accept_obsolete, (void *)on_or_off, RSRC_CONF,
                  "Of no effect; see LogLevel wsgi:debug"),
    AP_INIT_FLAG("WSGIGroupAuthoritative", accept_flag, NULL, OR_AUTHCFG,
                  "Of no effect: <RequireAny> and <RequireAll> say what counts"),
    REFUSED("WSGIApacheExtensions", "its name is WSGIPassApacheRequest now"),
    REFUSED("WSGIFreeThreading", "its Python has a GIL; remove it"),
    REFUSED("<WSGIInterpreterOptions", "all interpreters have the same options; remove the section"),
    REFUSED("WSGINewRelicConfigFile", WSGI_NEW_RELIC_ADVICE),
    REFUSED("WSGINewRelicEnvironment", WSGI_NEW_RELIC_ADVICE),
    REFUSED("WSGIOutputBuffering", "each block of a response goes out when it is made; remove it"),
    REFUSED("WSGIPerInterpreterGIL", "all interpreters share one GIL; remove it"),
    REFUSED("WSGIPy3kWarningFlag", "it was for Python 2; remove it"),
    REFUSED("WSGIPythonExecutable", "name the installation or virtual environment with WSGIPythonHome"),
    REFUSED("WSGIReloadMechanism", "daemon mode replaces the process, embedded mode loads the script again; remove it"),
    REFUSED("WSGISlowRequests", "subscribe to events in Python instead (mod_wsgi.subscribe_events)"),
    REFUSED("WSGITelemetryOptions", "ask for figures in Python instead (mod_wsgi.request_metrics)"),
    REFUSED("WSGITelemetryService", "ask for figures in Python instead (mod_wsgi.request_metrics)"),
    REFUSED("WSGIUserAuthoritative", "it was for Apache 2.2; the order of AuthBasicProvider says who has the last word"),
    {NULL, {NULL}, NULL, 0, RAW_ARGS, NULL},
};
