#include "config.h"

#include "labels.h"
#include "mount.h"


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
    config->python_warnings = apr_array_make(pool, 1, sizeof(const char *));
    config->python_optimize = WSGI_UNSET;
    config->dont_write_bytecode = WSGI_UNSET;
    config->restrict_signal = 1;
    config->destroy_interpreter = 1;
    config->case_sensitivity = 1;
    config->socket_rotation = 1;
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
    config->error_override = WSGI_UNSET;
    config->enable_sendfile = WSGI_UNSET;
    config->map_head = WSGI_UNSET;
    config->ignore_activity = WSGI_UNSET;
    config->pass_apache_request = WSGI_UNSET;
    return config;
}


/* The inner value where it was written, else the outer one. */
#define TAKE_TEXT(field) merged->field = inside->field ? inside->field : outside->field
#define TAKE_NUMBER(field) merged->field = inside->field != WSGI_UNSET ? inside->field : outside->field

void *wsgi_merge_directory_config(apr_pool_t *pool, void *base, void *inner)
{
    const wsgi_directory_config *outside = base;
    const wsgi_directory_config *inside = inner;
    wsgi_directory_config *merged = apr_pcalloc(pool, sizeof(*merged));

    TAKE_TEXT(process_group);
    TAKE_TEXT(application_group);
    TAKE_TEXT(callable_object);
    TAKE_TEXT(restricted_groups);
    TAKE_TEXT(dispatch_script);
    TAKE_TEXT(access_script);
    TAKE_TEXT(user_script);
    TAKE_TEXT(group_script);
    TAKE_TEXT(trusted_headers);
    TAKE_TEXT(trusted_proxies);
    TAKE_NUMBER(script_reloading);
    TAKE_NUMBER(chunked_request);
    TAKE_NUMBER(pass_authorization);
    TAKE_NUMBER(error_override);
    TAKE_NUMBER(enable_sendfile);
    TAKE_NUMBER(map_head);
    TAKE_NUMBER(ignore_activity);
    TAKE_NUMBER(pass_apache_request);
    if (inside->handlers && outside->handlers)
        merged->handlers = apr_hash_overlay(pool, inside->handlers, outside->handlers);
    else
        TAKE_TEXT(handlers);
    return merged;
}


const wsgi_directory_config *wsgi_config_of_folder(const request_rec *r)
{
    return ap_get_module_config(r->per_dir_config, &wsgi_module);
}


/* What is said of the place where the script was named, a mount or a WSGIHandlerScript, comes before the folder's. */
static const wsgi_mount *place_of_script(request_rec *r, const wsgi_handler_script *handler)
{
    static const wsgi_mount nowhere = {.pass_authorization = WSGI_UNSET};
    const wsgi_mount *mount = handler ? &handler->options : wsgi_mount_of_request(r);

    return mount ? mount : &nowhere;
}


wsgi_settings *wsgi_settings_for_request(request_rec *r, const wsgi_handler_script *handler)
{
    const wsgi_directory_config *folder = wsgi_config_of_folder(r);
    const wsgi_mount *mount = place_of_script(r, handler);
    wsgi_settings *settings = apr_pcalloc(r->pool, sizeof(*settings));
    const char *group = mount->process_group ? mount->process_group : folder->process_group;

    settings->process_group = group ? wsgi_expand_group(r, group) : "";
    group = mount->application_group ? mount->application_group : folder->application_group;
    wsgi_settings_set_application_group(r, settings, group ? group : "%{RESOURCE}");
    if (handler)
        settings->callable_object = WSGI_HANDLER_FUNCTION;
    else if (mount->callable_object)
        settings->callable_object = mount->callable_object;
    else
        settings->callable_object = wsgi_expand_callable(r, folder->callable_object);
    settings->request_handler = r->handler;
    settings->handler_script = handler ? handler->path : "";
    settings->script_reloading = folder->script_reloading != 0;
    settings->chunked_request = folder->chunked_request == 1;
    settings->pass_authorization =
        (mount->pass_authorization != WSGI_UNSET ? mount->pass_authorization : folder->pass_authorization) == 1;
    settings->error_override = folder->error_override == 1;
    settings->enable_sendfile = folder->enable_sendfile == 1;
    settings->ignore_activity = folder->ignore_activity == 1;
    settings->pass_apache_request = folder->pass_apache_request == 1;
    settings->map_head = folder->map_head == WSGI_UNSET ? WSGI_MAP_HEAD_AUTO : folder->map_head;
    return settings;
}


void wsgi_settings_set_application_group(request_rec *r, wsgi_settings *settings, const char *name)
{
    settings->application_group = wsgi_expand_group(r, name);
    settings->is_group_fixed = settings->application_group == name || !*settings->application_group;
}
