#include "group.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

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


/* The options. Each kind reads a value into its field; a sentence says what is wrong with the value. */

typedef const char *option_reader(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                                  int minimum);

typedef struct {
    const char *name;
    option_reader *read;
    size_t field;
    int minimum;
} group_option;


static void *field_of(wsgi_group *group, size_t field)
{
    return (char *)group + field;
}


static const char *bad_value(cmd_parms *cmd, const char *name, const char *value, const char *wanted)
{
    return apr_psprintf(cmd->pool, "WSGIDaemonProcess: %s must be %s, not '%s'", name, wanted, value);
}


static int parse_number(const char *text, int base, int *number)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, base);
    if (!apr_isdigit(*text) || *end || errno || value > INT_MAX)
        return 0;
    *number = (int)value;
    return 1;
}


static const char *read_number(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                               int minimum)
{
    int *number = field_of(group, field);

    if (!parse_number(value, 10, number) || *number < minimum)
        return bad_value(cmd, name, value, apr_psprintf(cmd->temp_pool, "a whole number of at least %d", minimum));
    return NULL;
}


static const char *read_bytes(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                              int minimum)
{
    apr_off_t *bytes = field_of(group, field);
    char *end;

    if (!apr_isdigit(*value) || apr_strtoff(bytes, value, &end, 10) != APR_SUCCESS || *end || *bytes < minimum)
        return bad_value(cmd, name, value, "a number of bytes");
    return NULL;
}


/* As nice(1) has it: from -20, the most urgent, to 19. */
static const char *read_priority(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                                 int minimum)
{
    int *priority = field_of(group, field);
    const int is_negative = *value == '-';

    (void)minimum;
    if (!parse_number(value + is_negative, 10, priority) || *priority > 19 + is_negative)
        return bad_value(cmd, name, value, "a whole number from -20 to 19");
    if (is_negative)
        *priority = -*priority;
    return NULL;
}


static const char *read_processes(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                                  int minimum)
{
    group->is_multiprocess = 1;
    return read_number(cmd, name, value, group, field, minimum);
}


/* 0 leaves the size to the system. */
static const char *read_buffer_size(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                                    int minimum)
{
    int *number = field_of(group, field);

    if (!parse_number(value, 10, number) || (*number && *number < minimum))
        return bad_value(cmd, name, value, apr_psprintf(cmd->temp_pool, "0 or at least %d", minimum));
    return NULL;
}


static const char *read_seconds(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                                int minimum)
{
    (void)minimum;
    if (!wsgi_parse_seconds(value, field_of(group, field)))
        return bad_value(cmd, name, value, "a number of seconds above 0");
    return NULL;
}


static const char *read_umask(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                              int minimum)
{
    int *mask = field_of(group, field);

    (void)minimum;
    if (!parse_number(value, 8, mask) || *mask > 0777)
        return bad_value(cmd, name, value, "an octal number such as 0022");
    return NULL;
}


static const char *read_text(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                             int minimum)
{
    (void)cmd;
    (void)name;
    (void)minimum;
    *(const char **)field_of(group, field) = *value ? value : NULL;
    return NULL;
}


static const char *read_absolute_path(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group,
                                      size_t field, int minimum)
{
    (void)minimum;
    if (*value != '/')
        return bad_value(cmd, name, value, "an absolute path");
    *(const char **)field_of(group, field) = value;
    return NULL;
}


/* The account that a value names; NULL with *error set if there is none. */
static const struct passwd *find_account(cmd_parms *cmd, const char *name, const char *value, const char **error)
{
    const struct passwd *account = NULL;
    int uid;

    if (*value != '#')
        account = getpwnam(value);
    else if (parse_number(value + 1, 10, &uid))
        account = getpwuid((uid_t)uid);
    *error = account ? NULL : bad_value(cmd, name, value, "the name or #number of an account of this machine");
    return account;
}


/* The group of accounts that a value names, likewise. */
static const struct group *find_group(cmd_parms *cmd, const char *name, const char *value, const char **error)
{
    const struct group *found = NULL;
    int gid;

    if (*value != '#')
        found = getgrnam(value);
    else if (parse_number(value + 1, 10, &gid))
        found = getgrgid((gid_t)gid);
    *error = found ? NULL : bad_value(cmd, name, value, "the name or #number of a group of this machine");
    return found;
}


static const char *read_user(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                             int minimum)
{
    const char *error;
    const struct passwd *account = find_account(cmd, name, value, &error);

    (void)field;
    (void)minimum;
    if (error)
        return error;
    if (account->pw_uid == 0)
        return bad_value(cmd, name, value, "an account other than root's: applications do not run as root");
    group->user = apr_pstrdup(cmd->pool, account->pw_name);
    group->uid = account->pw_uid;
    group->has_user = 1;
    return NULL;
}


static const char *read_group(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                              int minimum)
{
    const char *error;
    const struct group *found = find_group(cmd, name, value, &error);

    (void)field;
    (void)minimum;
    if (error)
        return error;
    if (found->gr_gid == 0)
        return bad_value(cmd, name, value, "a group other than root's: applications do not run as root");
    group->gid = found->gr_gid;
    group->has_group = 1;
    return NULL;
}


static const char *read_groups(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                               int minimum)
{
    apr_array_header_t *numbers = apr_array_make(cmd->pool, 4, sizeof(gid_t));

    while (*value) {
        wsgi_group one = {0};
        const char *word = ap_getword(cmd->temp_pool, &value, ',');
        const char *error = read_group(cmd, name, word, &one, field, minimum);

        if (error)
            return error;
        APR_ARRAY_PUSH(numbers, gid_t) = one.gid;
    }
    group->supplementary_groups = (gid_t *)numbers->elts;
    group->supplementary_count = numbers->nelts;
    return NULL;
}


static const char *read_socket_user(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                                    int minimum)
{
    const char *error;
    const struct passwd *account = find_account(cmd, name, value, &error);

    (void)field;
    (void)minimum;
    if (!error) {
        group->socket_uid = account->pw_uid;
        group->has_socket_user = 1;
    }
    return error;
}


static const char *read_script_user(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                                    int minimum)
{
    const char *error;
    const struct passwd *account = find_account(cmd, name, value, &error);

    (void)field;
    (void)minimum;
    if (!error) {
        group->script_uid = account->pw_uid;
        group->has_script_user = 1;
    }
    return error;
}


static const char *read_script_group(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                                     int minimum)
{
    const char *error;
    const struct group *found = find_group(cmd, name, value, &error);

    (void)field;
    (void)minimum;
    if (!error) {
        group->script_gid = found->gr_gid;
        group->has_script_group = 1;
    }
    return error;
}


static const char *read_chroot(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                               int minimum)
{
    if (geteuid() != 0)
        return "WSGIDaemonProcess: chroot is for a server that root starts";
    return read_absolute_path(cmd, name, value, group, field, minimum);
}


static const char *read_flag(cmd_parms *cmd, const char *name, const char *value, wsgi_group *group, size_t field,
                             int minimum)
{
    (void)minimum;
    return wsgi_parse_flag(value, field_of(group, field)) ? NULL : bad_value(cmd, name, value, "On or Off");
}


#define IN(field) offsetof(wsgi_group, field)

static const group_option options[] = {
    {"processes", read_processes, IN(processes), 1},
    {"threads", read_number, IN(threads), 0},
    {"user", read_user, 0, 0},
    {"group", read_group, 0, 0},
    {"supplementary-groups", read_groups, 0, 0},
    {"umask", read_umask, IN(umask), 0},
    {"home", read_absolute_path, IN(home), 0},
    {"python-home", read_text, IN(python_home), 0},
    {"python-path", read_text, IN(python_path), 0},
    {"python-eggs", read_text, IN(python_eggs), 0},
    {"display-name", read_text, IN(display_name), 0},
    {"lang", read_text, IN(lang), 0},
    {"locale", read_text, IN(locale), 0},
    {"chroot", read_chroot, IN(chroot), 0},
    {"script-user", read_script_user, 0, 0},
    {"script-group", read_script_group, 0, 0},
    {"server-metrics", read_flag, IN(server_metrics), 0},
    {"socket-user", read_socket_user, 0, 0},
    {"listen-backlog", read_number, IN(listen_backlog), 0},
    {"maximum-requests", read_number, IN(maximum_requests), 0},
    {"startup-timeout", read_number, IN(startup_timeout), 0},
    {"shutdown-timeout", read_number, IN(shutdown_timeout), 0},
    {"deadlock-timeout", read_number, IN(deadlock_timeout), 0},
    {"inactivity-timeout", read_number, IN(inactivity_timeout), 0},
    {"request-timeout", read_number, IN(request_timeout), 0},
    {"graceful-timeout", read_number, IN(graceful_timeout), 0},
    {"eviction-timeout", read_number, IN(eviction_timeout), 0},
    {"restart-interval", read_number, IN(restart_interval), 0},
    {"connect-timeout", read_number, IN(connect_timeout), 0},
    {"socket-timeout", read_number, IN(socket_timeout), 0},
    {"queue-timeout", read_number, IN(queue_timeout), 0},
    {"interrupt-timeout", read_number, IN(interrupt_timeout), 0},
    {"response-socket-timeout", read_number, IN(response_socket_timeout), 0},
    {"cpu-priority", read_priority, IN(cpu_priority), 0},
    {"cpu-time-limit", read_number, IN(cpu_time_limit), 0},
    {"memory-limit", read_bytes, IN(memory_limit), 0},
    {"virtual-memory-limit", read_bytes, IN(virtual_memory_limit), 0},
    {"stack-size", read_buffer_size, IN(stack_size), 16384},
    {"switch-interval", read_seconds, IN(switch_interval), 0},
    {"send-buffer-size", read_buffer_size, IN(send_buffer_size), 512},
    {"receive-buffer-size", read_buffer_size, IN(receive_buffer_size), 512},
    {"header-buffer-size", read_buffer_size, IN(header_buffer_size), 8192},
    {"response-buffer-size", read_buffer_size, IN(response_buffer_size), 65536},
};


static const char *read_option(cmd_parms *cmd, wsgi_group *group, const char *name, const char *value)
{
    size_t i;

    for (i = 0; i < sizeof(options) / sizeof(*options); i++)
        if (!strcmp(name, options[i].name))
            return options[i].read(cmd, name, value, group, options[i].field, options[i].minimum);
    return wsgi_unknown_option(cmd, name);
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
    group->processes = 1;
    group->threads = 15;
    group->umask = -1;
    group->listen_backlog = 100;
    group->shutdown_timeout = 5;
    group->deadlock_timeout = 300;
    group->graceful_timeout = 15;
    group->connect_timeout = 15;
    group->listener = -1;
    for (;;) {
        error = wsgi_next_option(cmd, &line, &name, &value);
        if (error)
            return error;
        if (!name)
            break;
        error = read_option(cmd, group, name, value);
        if (error)
            return error;
    }
    if (group->has_script_user && group->has_script_group)
        return "WSGIDaemonProcess: Only one of script-user and script-group allowed";
    APR_ARRAY_PUSH(groups, wsgi_group *) = group;
    return NULL;
}
