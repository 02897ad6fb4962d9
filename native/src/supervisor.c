#include "supervisor.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ap_listen.h"
#include "channel.h"
#include "config.h"
#include "daemon.h"
#include "group.h"

/* How long a place stays empty in seconds where a start leads to nothing: doubled up to this. */
#define LONGEST_DELAY 20

/* A service (threads=0) that has run for so long may end and be started again without a delay, in seconds. */
#define SERVICE_RAN 10

/* So many times in a row a process may end within a second, and still be replaced at once. */
#define QUICK_ENDS 5

/* How much longer than shutdown-timeout a process may take before it is killed; it ends itself after that. */
#define KILL_AFTER 1

typedef struct daemon_process {
    const wsgi_group *group;
    pid_t pid;
    int link;              /* a socket; see daemon.h */
    int serves;
    int is_current;        /* another one is started when it ends */
    pid_t predecessor;     /* which waits for this one to serve; 0: none does */
    apr_time_t started;
    int failures;          /* of its predecessors, one after the other */
    apr_time_t kill_at;    /* 0: it has not been told to stop */
    struct daemon_process *next;
} daemon_process;

/* A place in a group that waits for its next process. */
typedef struct pending_start {
    const wsgi_group *group;
    int failures;
    apr_time_t at;
    struct pending_start *next;
} pending_start;

static int signals[2];
static daemon_process *processes;
static pending_start *pending;
static int is_stopping;
static apr_time_t retired_at;  /* 0: this is the current generation */


static void on_signal(int number)
{
    const int saved = errno;
    const char name = number == SIGUSR1 ? 'U' : number == SIGCHLD ? 'C' : 'T';

    while (write(signals[1], &name, 1) < 0 && errno == EINTR)
        ;
    errno = saved;
}


static void take_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART | SA_NOCLDSTOP};
    sigset_t none;

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGCHLD, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGWINCH, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}


/* A process keeps what is its own group's only: not the secrets and listeners of the others. */
static void keep_only(const wsgi_group *own)
{
    const daemon_process *other;
    int i;

    for (i = 0; i < wsgi_groups()->nelts; i++) {
        wsgi_group *group = APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *);

        if (group == own)
            continue;
        close(group->listener);
        memset(group->secret, 0, sizeof(group->secret));
    }
    for (other = processes; other; other = other->next)
        close(other->link);
    close(signals[0]);
    close(signals[1]);
}


static void start(const wsgi_group *group, int failures, pid_t predecessor)
{
    daemon_process *process = calloc(1, sizeof(*process));
    const pid_t self = getpid();
    int link[2];

    if (!process || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, link) < 0) {
        ap_log_error(APLOG_MARK, APLOG_ALERT, APR_FROM_OS_ERROR(errno), group->server,
                     "WSGI0020: Unable to spawn daemon process '%s'.", group->name);
        free(process);
        return;
    }
    process->pid = fork();
    if (process->pid == 0) {
        free(process);
        close(link[0]);
        keep_only(group);
        wsgi_daemon_run(group, link[1], self);
    }
    close(link[1]);
    if (process->pid < 0) {
        ap_log_error(APLOG_MARK, APLOG_ALERT, APR_FROM_OS_ERROR(errno), group->server,
                     "WSGI0020: Unable to spawn daemon process '%s'.", group->name);
        close(link[0]);
        free(process);
        return;
    }
    process->group = group;
    process->link = link[0];
    process->is_current = 1;
    process->started = apr_time_now();
    process->failures = failures;
    process->predecessor = predecessor;
    process->next = processes;
    processes = process;
}


static void start_later(const wsgi_group *group, int failures)
{
    pending_start *later = calloc(1, sizeof(*later));
    int delay = 1;
    int i;

    if (!later)
        ap_abort_on_oom();
    for (i = 1; i < failures && delay < LONGEST_DELAY; i++)
        delay *= 2;
    later->group = group;
    later->failures = failures;
    later->at = apr_time_now() + apr_time_from_sec(delay < LONGEST_DELAY ? delay : LONGEST_DELAY);
    later->next = pending;
    pending = later;
}


static void start_pending(void)
{
    pending_start **place = &pending;

    while (*place) {
        pending_start *due = *place;

        if (apr_time_now() < due->at) {
            place = &due->next;
            continue;
        }
        *place = due->next;
        start(due->group, due->failures, 0);
        free(due);
    }
}


/* Whether a group has no process, and its last one led to nothing. */
static int cannot_start(const wsgi_group *group)
{
    const daemon_process *process;
    const pending_start *later;

    for (process = processes; process; process = process->next)
        if (process->group == group)
            return 0;
    for (later = pending; later; later = later->next)
        if (later->group == group)
            return 1;
    return 0;
}


/* Who has connected to such a group learns at once that nobody will answer. */
static void turn_away(void)
{
    const apr_uint32_t code = HTTP_SERVICE_UNAVAILABLE;
    const wsgi_frame frame = {sizeof(code), WSGI_FRAME_FAILED, 0};
    char answer[sizeof(frame) + sizeof(code)];
    int i;

    memcpy(answer, &frame, sizeof(frame));
    memcpy(answer + sizeof(frame), &code, sizeof(code));
    for (i = 0; i < wsgi_groups()->nelts; i++) {
        const wsgi_group *group = APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *);
        int connection;

        if (!cannot_start(group))
            continue;
        while ((connection = accept4(group->listener, NULL, NULL, SOCK_CLOEXEC)) >= 0) {
            send(connection, answer, sizeof(answer), MSG_DONTWAIT | MSG_NOSIGNAL);
            close(connection);
        }
    }
}


static void log_end(const daemon_process *process, int status)
{
    if (WIFSIGNALED(status))
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, process->group->server, "Process '%s' (pid=%ld) terminated by signal %d",
                     process->group->name, (long)process->pid, WTERMSIG(status));
    else
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, process->group->server,
                     "Process '%s' (pid=%ld) terminated normally, exit code %d", process->group->name, (long)process->pid,
                     WEXITSTATUS(status));
}


/* A process that was serving is replaced at once; one that leads to nothing must not be started over and over. */
static void replace(const daemon_process *process)
{
    const apr_time_t lived = apr_time_now() - process->started;
    const apr_time_t enough = apr_time_from_sec(process->group->threads ? 1 : SERVICE_RAN);
    const int patience = !process->serves || !process->group->threads ? 0 : QUICK_ENDS;

    if (process->serves && lived >= enough)
        start(process->group, 0, 0);
    else if (process->failures < patience)
        start(process->group, process->failures + 1, 0);
    else
        start_later(process->group, process->failures + 1);
}


static void take_leave(daemon_process *process, int status)
{
    log_end(process, status);
    if (process->is_current && !is_stopping) {
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, process->group->server,
                     "Process '%s' (pid=%ld) has died; deregistering and restarting it.", process->group->name,
                     (long)process->pid);
        replace(process);
    }
    close(process->link);
    free(process);
}


static void reap(void)
{
    pid_t pid;
    int status;

    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        daemon_process **place = &processes;
        daemon_process *ended;

        while (*place && (*place)->pid != pid)
            place = &(*place)->next;
        ended = *place;
        if (!ended)
            continue;
        *place = ended->next;
        take_leave(ended, status);
    }
}


static void stop(daemon_process *process)
{
    if (process->kill_at)
        return;
    process->kill_at = apr_time_now() + apr_time_from_sec(process->group->shutdown_timeout + KILL_AFTER);
    kill(process->pid, SIGTERM);
}


static void stop_all(void)
{
    daemon_process *process;

    is_stopping = 1;
    for (process = processes; process; process = process->next)
        stop(process);
}


/* Those whose time is over. */
static void enforce(void)
{
    const apr_time_t now = apr_time_now();
    daemon_process *process;

    for (process = processes; process; process = process->next) {
        if (process->kill_at && now >= process->kill_at)
            kill(process->pid, SIGKILL);
        else if (retired_at && now >= retired_at + apr_time_from_sec(process->group->graceful_timeout))
            stop(process);
    }
    if (retired_at && !processes)
        is_stopping = 1;
}


static void tell_replaced(pid_t pid)
{
    const char news = WSGI_DAEMON_REPLACED;
    const daemon_process *process;

    for (process = processes; process; process = process->next)
        if (process->pid == pid)
            send(process->link, &news, 1, MSG_DONTWAIT | MSG_NOSIGNAL);
}


/* What a process says of itself. */
static void listen_to(daemon_process *process)
{
    char news;

    if (recv(process->link, &news, 1, MSG_DONTWAIT) != 1)
        return;
    if (news == WSGI_DAEMON_SERVES) {
        process->serves = 1;
        tell_replaced(process->predecessor);
    }
    if (news == WSGI_DAEMON_RETIRES && process->is_current) {
        process->is_current = 0;
        /* The replacement takes over while this one finishes what it has begun. */
        if (!is_stopping)
            start(process->group, 0, process->pid);
    }
}


static void take_signal(void)
{
    char name = 0;

    if (read(signals[0], &name, 1) != 1)
        return;
    if (name == 'C')
        reap();
    else if (name == 'T')
        stop_all();
    else if (!retired_at)
        retired_at = apr_time_now();
}


static void wait_for_news(const wsgi_lifelines *lifelines)
{
    struct pollfd sources[3 + 1024];
    daemon_process *process;
    int count = 3;

    sources[0] = (struct pollfd){signals[0], POLLIN, 0};
    sources[1] = (struct pollfd){is_stopping ? -1 : lifelines->parent, POLLIN, 0};
    sources[2] = (struct pollfd){is_stopping ? -1 : lifelines->generation, POLLIN, 0};
    for (process = processes; process && count < (int)(sizeof(sources) / sizeof(*sources)); process = process->next)
        sources[count++] = (struct pollfd){process->link, POLLIN, 0};
    if (poll(sources, count, 250) <= 0)
        return;
    for (process = processes, count = 3; process && count < (int)(sizeof(sources) / sizeof(*sources)); count++) {
        daemon_process *next = process->next;

        if (sources[count].revents & POLLIN)
            listen_to(process);
        process = next;
    }
    if (sources[1].revents || sources[2].revents)
        stop_all();
    if (sources[0].revents)
        take_signal();
}


void wsgi_supervisor_run(const wsgi_lifelines *lifelines, pid_t parent)
{
    int i;

    if (pipe2(signals, O_CLOEXEC | O_NONBLOCK) < 0)
        _exit(1);
    take_signals();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
    ap_close_listeners();
    for (i = 0; i < wsgi_groups()->nelts; i++) {
        const wsgi_group *group = APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *);
        int j;

        for (j = 0; j < group->processes; j++)
            start(group, 0, 0);
    }
    while (!is_stopping || processes) {
        wait_for_news(lifelines);
        reap();
        if (!is_stopping) {
            start_pending();
            turn_away();
        }
        enforce();
    }
    /* Names that do not rotate may be the next generation's by now. */
    if (wsgi_config_of_server(ap_server_conf)->socket_rotation)
        for (i = 0; i < wsgi_groups()->nelts; i++)
            unlink(APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *)->socket_path);
    _exit(0);
}
