#include "group_options.h"

#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stddef.h>
#include <unistd.h>

#include "options.h"

/* One option with its value, and where the value belongs. */
typedef struct {
    cmd_parms *cmd;
    const char *name;
    const char *value;
    wsgi_group *group;
    void *field;
    int minimum;
} option;

/* Each kind of value has a reader, which returns NULL or a sentence that says what is wrong with the value. */
typedef const char *option_reader(const option *of);


static const char *bad_value(const option *of, const char *wanted)
{
    return apr_psprintf(of->cmd->pool, "WSGIDaemonProcess: %s must be %s, not '%s'", of->name, wanted, of->value);
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


static const char *read_number(const option *of)
{
    int *number = of->field;

    if (!parse_number(of->value, 10, number) || *number < of->minimum)
        return bad_value(of, apr_psprintf(of->cmd->temp_pool, "a whole number of at least %d", of->minimum));
    return NULL;
}


static const char *read_bytes(const option *of)
{
    apr_off_t *bytes = of->field;
    char *end;

    if (!apr_isdigit(*of->value) || apr_strtoff(bytes, of->value, &end, 10) != APR_SUCCESS || *end || *bytes < of->minimum)
        return bad_value(of, "a number of bytes");
    return NULL;
}


/* As nice(1) has it: from -20, the most urgent, to 19. */
static const char *read_priority(const option *of)
{
    int *priority = of->field;
    const int is_negative = *of->value == '-';

    if (!parse_number(of->value + is_negative, 10, priority) || *priority > 19 + is_negative)
        return bad_value(of, "a whole number from -20 to 19");
    if (is_negative)
        *priority = -*priority;
    return NULL;
}


static const char *read_processes(const option *of)
{
    of->group->is_multiprocess = 1;
    return read_number(of);
}


/* 0 leaves the size to the system. */
static const char *read_buffer_size(const option *of)
{
    int *number = of->field;

    if (!parse_number(of->value, 10, number) || (*number && *number < of->minimum))
        return bad_value(of, apr_psprintf(of->cmd->temp_pool, "0 or at least %d", of->minimum));
    return NULL;
}


static const char *read_seconds(const option *of)
{
    return wsgi_parse_seconds(of->value, of->field) ? NULL : bad_value(of, "a number of seconds above 0");
}


static const char *read_umask(const option *of)
{
    int *mask = of->field;

    if (!parse_number(of->value, 8, mask) || *mask > 0777)
        return bad_value(of, "an octal number such as 0022");
    return NULL;
}


static const char *read_flag(const option *of)
{
    return wsgi_parse_flag(of->value, of->field) ? NULL : bad_value(of, "On or Off");
}


static const char *read_text(const option *of)
{
    *(const char **)of->field = *of->value ? of->value : NULL;
    return NULL;
}


static const char *read_absolute_path(const option *of)
{
    if (*of->value != '/')
        return bad_value(of, "an absolute path");
    *(const char **)of->field = of->value;
    return NULL;
}


static const char *read_chroot(const option *of)
{
    if (geteuid() != 0)
        return "WSGIDaemonProcess: chroot is for a server that root starts";
    return read_absolute_path(of);
}


/* The account that a value names; NULL with *error set if there is none. */
static const struct passwd *find_account(const option *of, const char **error)
{
    const struct passwd *account = NULL;
    int uid;

    if (*of->value != '#')
        account = getpwnam(of->value);
    else if (parse_number(of->value + 1, 10, &uid))
        account = getpwuid((uid_t)uid);
    *error = account ? NULL : bad_value(of, "the name or #number of an account of this machine");
    return account;
}


static const char *read_uid(const option *of)
{
    const char *error;
    const struct passwd *account = find_account(of, &error);

    if (account)
        *(uid_t *)of->field = account->pw_uid;
    return error;
}


static const char *read_gid(const option *of)
{
    const struct group *found = NULL;
    int gid;

    if (*of->value != '#')
        found = getgrnam(of->value);
    else if (parse_number(of->value + 1, 10, &gid))
        found = getgrgid((gid_t)gid);
    if (!found)
        return bad_value(of, "the name or #number of a group of this machine");
    *(gid_t *)of->field = found->gr_gid;
    return NULL;
}


static const char *read_user(const option *of)
{
    const char *error;
    const struct passwd *account = find_account(of, &error);

    if (error)
        return error;
    if (account->pw_uid == 0)
        return bad_value(of, "an account other than root's: applications do not run as root");
    of->group->user = apr_pstrdup(of->cmd->pool, account->pw_name);
    of->group->uid = account->pw_uid;
    of->group->has_user = 1;
    return NULL;
}


static const char *read_process_gid(const option *of)
{
    const char *error = read_gid(of);

    if (!error && *(gid_t *)of->field == 0)
        error = bad_value(of, "a group other than root's: applications do not run as root");
    return error;
}


static const char *read_group(const option *of)
{
    of->group->has_group = 1;
    return read_process_gid(of);
}


static const char *read_groups(const option *of)
{
    apr_array_header_t *numbers = apr_array_make(of->cmd->pool, 4, sizeof(gid_t));
    const char *rest = of->value;

    while (*rest) {
        option one = *of;
        const char *error;

        one.value = ap_getword(of->cmd->temp_pool, &rest, ',');
        one.field = apr_array_push(numbers);
        error = read_process_gid(&one);
        if (error)
            return error;
    }
    of->group->supplementary_groups = (gid_t *)numbers->elts;
    of->group->supplementary_count = numbers->nelts;
    return NULL;
}


#define IN(field) offsetof(wsgi_group, field)

static const struct {
    const char *name;
    option_reader *read;
    size_t field;
    int minimum;
} options[] = {
    {"processes", read_processes, IN(processes), 1},
    {"threads", read_number, IN(threads), 0},
    {"user", read_user, 0, 0},
    {"group", read_group, IN(gid), 0},
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
    {"script-user", read_uid, IN(script_uid), 0},
    {"script-group", read_gid, IN(script_gid), 0},
    {"server-metrics", read_flag, IN(server_metrics), 0},
    {"socket-user", read_uid, IN(socket_uid), 0},
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
    {"response-flush-delay", read_number, IN(response_flush_delay), 0},
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
    /* Its name in 4.4.0. */
    {"proxy-buffer-size", read_buffer_size, IN(response_buffer_size), 65536},
};


void wsgi_group_set_defaults(wsgi_group *group)
{
    group->processes = 1;
    group->threads = 15;
    group->umask = -1;
    group->socket_uid = group->script_uid = WSGI_NO_USER;
    group->script_gid = WSGI_NO_GROUP;
    group->listen_backlog = 100;
    group->shutdown_timeout = 5;
    group->deadlock_timeout = 300;
    group->graceful_timeout = 15;
    group->connect_timeout = 15;
}


const char *wsgi_group_read_option(cmd_parms *cmd, wsgi_group *group, const char *name, const char *value)
{
    size_t i;

    for (i = 0; i < sizeof(options) / sizeof(*options); i++)
        if (!strcmp(name, options[i].name)) {
            const option of = {cmd, name, value, group, (char *)group + options[i].field, options[i].minimum};

            return options[i].read(&of);
        }
    if (!strncmp(name, "newrelic-", strlen("newrelic-")))
        return apr_psprintf(cmd->pool, "WSGIDaemonProcess: %s is not supported by this mod_wsgi: " WSGI_NEW_RELIC_ADVICE, name);
    return wsgi_unknown_option(cmd, name);
}
