#include "identity.h"

#include <grp.h>
#include <locale.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unixd.h"


/* Logs why, with the system's reason; 0. */
static int refuse(const wsgi_group *group, const char *format, ...) __attribute__((format(printf, 2, 3)));

static int refuse(const wsgi_group *group, const char *format, ...)
{
    const apr_status_t reason = APR_FROM_OS_ERROR(errno);
    char text[4096];
    va_list values;

    va_start(values, format);
    apr_vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    ap_log_error(APLOG_MARK, APLOG_ALERT, reason, group->server, "%s", text);
    return 0;
}


/* Groups go first: afterwards there is no right to change them. */
static int drop_privileges(const wsgi_group *group, const struct passwd *account)
{
    if (geteuid() != 0)
        return 1;
    if (setgid(group->gid) < 0)
        return refuse(group, "WSGI0004: Unable to set group id to gid=%ld for process.", (long)group->gid);
    if (group->supplementary_groups) {
        if (setgroups(group->supplementary_count, group->supplementary_groups) < 0)
            return refuse(group, "WSGI0005: Unable to set supplementary groups for uid=%ld.", (long)group->uid);
    }
    else if (account ? initgroups(account->pw_name, group->gid) < 0 : setgroups(1, &group->gid) < 0)
        return refuse(group, "WSGI0006: Unable to initialise groups for uid=%ld.", (long)group->uid);
    if (setuid(group->uid) < 0)
        return refuse(group, "WSGI0007: Unable to change to uid=%ld.", (long)group->uid);
    return 1;
}


/* home=, else the home of an account that is not Apache's, else where Apache was started. */
static int enter_folder(const wsgi_group *group, const struct passwd *account)
{
    if (group->home)
        return chdir(group->home) == 0 ||
               refuse(group, "WSGI0009: Unable to change working directory to '%s'. The user of the process must be able to "
                      "enter the folder that home= names.", group->home);
    if (geteuid() == ap_unixd_config.user_id || !group->has_user)
        return 1;
    if (!account)
        return refuse(group, "WSGI0011: Unable to determine home directory for uid=%ld.", (long)geteuid());
    return chdir(account->pw_dir) == 0 ||
           refuse(group, "WSGI0010: Unable to change working directory to home directory '%s' for uid=%ld. Name another "
                  "folder with home=.", account->pw_dir, (long)geteuid());
}


static void set_environment(const wsgi_group *group, const struct passwd *account)
{
    if (account) {
        setenv("HOME", account->pw_dir, 1);
        setenv("USER", account->pw_name, 1);
        setenv("USERNAME", account->pw_name, 1);
        setenv("LOGNAME", account->pw_name, 1);
    }
    if (group->python_eggs)
        setenv("PYTHON_EGG_CACHE", group->python_eggs, 1);
    if (group->lang)
        setenv("LANG", group->lang, 1);
    if (group->locale) {
        setenv("LC_ALL", group->locale, 1);
        if (!setlocale(LC_ALL, group->locale))
            ap_log_error(APLOG_MARK, APLOG_WARNING, 0, group->server,
                         "WSGI0079: Unsupported locale setting '%s' specified for daemon process group '%s'; consider using "
                         "'C.UTF-8' as fallback setting.", group->locale, group->name);
    }
}


/* How many bytes the arguments of the command line take, which lie one behind the other. */
static size_t size_of_arguments(void)
{
    const int descriptor = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    char block[4096];
    size_t size = 0;
    ssize_t part;

    if (descriptor < 0)
        return 0;
    while ((part = read(descriptor, block, sizeof(block))) > 0)
        size += part;
    close(descriptor);
    return size;
}


/* The title lies where the arguments of the command line lay, and is no longer than they were. */
static void set_title(const wsgi_group *group)
{
    const process_rec *process = group->server->process;
    char *first = (char *)process->argv[0];
    const char *title = group->display_name;
    const size_t size = size_of_arguments();

    if (!title)
        return;
    if (!strcmp(title, "%{GROUP}"))
        title = apr_pstrcat(process->pool, "(wsgi:", group->name, ")", NULL);
    if (size) {
        memset(first, 0, size);
        apr_cpystrn(first, title, size);
    }
    prctl(PR_SET_NAME, title);
}


static void set_limit(const wsgi_group *group, int resource, rlim_t soft, rlim_t hard, const char *complaint)
{
    const struct rlimit limit = {soft, hard};

    if (setrlimit(resource, &limit) < 0)
        ap_log_error(APLOG_MARK, APLOG_WARNING, APR_FROM_OS_ERROR(errno), group->server, "%s for daemon process '%s'.", complaint,
                     group->name);
}


/* As root still, so that they can be raised as well. What cannot be applied is no reason not to serve. */
static void set_limits(const wsgi_group *group)
{
    if (group->cpu_priority && setpriority(PRIO_PROCESS, 0, group->cpu_priority) < 0)
        ap_log_error(APLOG_MARK, APLOG_WARNING, APR_FROM_OS_ERROR(errno), group->server,
                     "WSGI0075: Unable to set CPU priority for daemon process '%s'.", group->name);
    /* The soft limit is a signal, and time to end in order. */
    if (group->cpu_time_limit)
        set_limit(group, RLIMIT_CPU, group->cpu_time_limit, group->cpu_time_limit + group->shutdown_timeout + 1,
                  "WSGI0076: Unable to set CPU time limit");
    if (group->memory_limit)
        set_limit(group, RLIMIT_DATA, group->memory_limit, group->memory_limit, "WSGI0077: Unable to set memory limit");
    if (group->virtual_memory_limit)
        set_limit(group, RLIMIT_AS, group->virtual_memory_limit, group->virtual_memory_limit,
                  "WSGI0078: Unable to set virtual memory limit");
}


int wsgi_identity_take(const wsgi_group *group)
{
    const struct passwd *account = getpwuid(geteuid() == 0 ? group->uid : geteuid());

    set_title(group);
    set_limits(group);
    if (group->chroot && (chroot(group->chroot) < 0 || chdir("/") < 0))
        return refuse(group, "WSGI0003: Unable to change root directory to '%s'.", group->chroot);
    if (group->umask >= 0)
        umask((mode_t)group->umask);
    if (!drop_privileges(group, account) || !enter_folder(group, account))
        return 0;
    set_environment(group, account);
    return 1;
}
