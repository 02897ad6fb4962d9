#include "group.h"

#include "group_options.h"
#include "options.h"

static apr_array_header_t *groups;  /* of wsgi_group * */


void wsgi_groups_reset(apr_pool_t *config_pool)
{
    groups = apr_array_make(config_pool, 4, sizeof(wsgi_group *));
}


const apr_array_header_t *wsgi_groups(void)
{
    return groups;
}


wsgi_group *wsgi_group_named(const char *name)
{
    int i;

    for (i = 0; i < groups->nelts; i++)
        if (!strcmp(APR_ARRAY_IDX(groups, i, wsgi_group *)->name, name))
            return APR_ARRAY_IDX(groups, i, wsgi_group *);
    return NULL;
}


int wsgi_group_is_visible(const wsgi_group *group, const server_rec *server)
{
    if (!group->server->is_virtual || group->server == server)
        return 1;
    return group->server->server_hostname && server->server_hostname &&
           !strcmp(group->server->server_hostname, server->server_hostname);
}


const char *wsgi_group_path(const wsgi_group *group, const char *path)
{
    size_t length = group->chroot ? strlen(group->chroot) : 0;

    while (length && group->chroot[length - 1] == '/')
        length--;
    return length && !strncmp(path, group->chroot, length) && path[length] == '/' ? path + length : path;
}


const char *wsgi_group_define(cmd_parms *cmd, void *directory, const char *line)
{
    wsgi_group *group = apr_pcalloc(cmd->pool, sizeof(*group));
    const char *name;
    const char *value;
    const char *error;

    (void)directory;
    group->name = ap_getword_conf(cmd->pool, &line);
    if (!*group->name)
        return "WSGIDaemonProcess needs a name for the process group";
    if (wsgi_group_named(group->name))
        return apr_psprintf(cmd->pool, "WSGIDaemonProcess: process group '%s' is defined already; names count for the "
                            "whole server, virtual hosts included", group->name);
    group->server = cmd->server;
    wsgi_group_set_defaults(group);
    group->listener = -1;
    for (;;) {
        error = wsgi_next_option(cmd, &line, &name, &value);
        if (error)
            return error;
        if (!name)
            break;
        error = wsgi_group_read_option(cmd, group, name, value);
        if (error)
            return error;
    }
    if (group->script_uid != WSGI_NO_USER && group->script_gid != WSGI_NO_GROUP)
        return "WSGIDaemonProcess: Only one of script-user and script-group allowed";
    APR_ARRAY_PUSH(groups, wsgi_group *) = group;
    return NULL;
}
