#include "config.h"

#include "group.h"
#include "labels.h"
#include "mount.h"
#include "options.h"

#define WSGI_UNSET (-1)

/* Per folder; at server level Apache keeps it as the outermost folder's and merges inwards. */
typedef struct {
    const char *process_group;
    const char *application_group;
    const char *callable_object;
    int script_reloading;
    int chunked_request;
    int pass_authorization;
} wsgi_directory_config;


wsgi_server_config *wsgi_config_of_server(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &wsgi_module);
}


void *wsgi_create_server_config(apr_pool_t *pool, server_rec *server)
{
    wsgi_server_config *config = apr_pcalloc(pool, sizeof(*config));

    (void)server;
    config->mounts = apr_array_make(pool, 4, sizeof(wsgi_mount));
    config->imports = apr_array_make(pool, 1, sizeof(wsgi_import));
    return config;
}


/* The virtual host's own mounts are tried before those of the main server. */
void *wsgi_merge_server_config(apr_pool_t *pool, void *base, void *virtual_host)
{
    wsgi_server_config *outer = base;
    wsgi_server_config *inner = virtual_host;
    wsgi_server_config *merged = apr_pmemdup(pool, outer, sizeof(*merged));

    merged->mounts = apr_array_append(pool, inner->mounts, outer->mounts);
    merged->imports = inner->imports;
    return merged;
}


void *wsgi_create_directory_config(apr_pool_t *pool, char *directory)
{
    wsgi_directory_config *config = apr_pcalloc(pool, sizeof(*config));

    (void)directory;
    config->script_reloading = WSGI_UNSET;
    config->chunked_request = WSGI_UNSET;
    config->pass_authorization = WSGI_UNSET;
    return config;
}


static int first_set(int inner, int outer)
{
    return inner == WSGI_UNSET ? outer : inner;
}


void *wsgi_merge_directory_config(apr_pool_t *pool, void *base, void *inner)
{
    const wsgi_directory_config *outside = base;
    const wsgi_directory_config *inside = inner;
    wsgi_directory_config *merged = apr_pcalloc(pool, sizeof(*merged));

    merged->process_group = inside->process_group ? inside->process_group : outside->process_group;
    merged->application_group = inside->application_group ? inside->application_group : outside->application_group;
    merged->callable_object = inside->callable_object ? inside->callable_object : outside->callable_object;
    merged->script_reloading = first_set(inside->script_reloading, outside->script_reloading);
    merged->chunked_request = first_set(inside->chunked_request, outside->chunked_request);
    merged->pass_authorization = first_set(inside->pass_authorization, outside->pass_authorization);
    return merged;
}


const wsgi_settings *wsgi_settings_for_request(request_rec *r)
{
    static const wsgi_mount no_mount = {.pass_authorization = WSGI_UNSET};
    const wsgi_directory_config *folder = ap_get_module_config(r->per_dir_config, &wsgi_module);
    const wsgi_mount *mount = wsgi_mount_of_request(r);
    wsgi_settings *settings = apr_pcalloc(r->pool, sizeof(*settings));
    const char *group;

    if (!mount)
        mount = &no_mount;

    group = mount->process_group ? mount->process_group : folder->process_group;
    settings->process_group = group ? wsgi_expand_group(r, group) : "";
    group = mount->application_group ? mount->application_group : folder->application_group;
    settings->application_group = wsgi_expand_group(r, group ? group : "%{RESOURCE}");
    if (mount->callable_object)
        settings->callable_object = mount->callable_object;
    else
        settings->callable_object = wsgi_expand_callable(r, folder->callable_object);
    settings->script_reloading = folder->script_reloading != 0;
    settings->chunked_request = folder->chunked_request == 1;
    settings->pass_authorization = first_set(mount->pass_authorization, folder->pass_authorization) == 1;
    return settings;
}


/* Directive handlers: each returns NULL or the sentence that Apache prints behind the place in the file. */

static const char *not_a_flag(cmd_parms *cmd, const char *what, const char *value)
{
    return apr_psprintf(cmd->pool, "%s: %s must be On or Off, not '%s'", cmd->cmd->name, what, value);
}


static int parse_flag(const char *value, int *flag)
{
    if (!strcasecmp(value, "On"))
        *flag = 1;
    else if (!strcasecmp(value, "Off"))
        *flag = 0;
    else
        return 0;
    return 1;
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
            if (!parse_flag(value, &mount->pass_authorization))
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
    {NULL, {NULL}, NULL, 0, RAW_ARGS, NULL},
};
