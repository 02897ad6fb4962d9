#include "daemon.h"

#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "events.h"
#include "identity.h"
#include "interpreter.h"
#include "process.h"
#include "python_start.h"
#include "script.h"
#include "workers.h"

/* What the main thread is told, one byte each, by signal handlers and other threads. */
enum { STOP = 'T', EVICT = 'U', SCRIPT_CHANGED = 'L', REQUESTS_REACHED = 'M', CPU_TIME = 'X', HANGUP = 'H', USER_SIGNAL = '2', REPLACED = WSGI_DAEMON_REPLACED };

/* How long a process waits for the one that takes its place, in seconds; it serves meanwhile. */
#define REPLACED_WITHIN 30

static int messages[2];
static int signals[2];  /* for the applications; made when the first one comes */
static volatile int is_serving;
static volatile int is_ending;
static volatile apr_time_t last_alive;  /* when the GIL could be taken */


static void send_message(char message)
{
    const int saved = errno;

    while (write(messages[1], &message, 1) < 0 && errno == EINTR)
        ;
    errno = saved;
}


static void on_signal(int number)
{
    switch (number) {
    case SIGUSR1:
        send_message(EVICT);
        break;
    case SIGXCPU:
        send_message(CPU_TIME);
        break;
    case SIGHUP:
        send_message(HANGUP);
        break;
    case SIGUSR2:
        send_message(USER_SIGNAL);
        break;
    default:
        send_message(STOP);
    }
}


static void report(wsgi_worker_news news)
{
    send_message(news == WSGI_SCRIPT_CHANGED ? SCRIPT_CHANGED : REQUESTS_REACHED);
}


static void take_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
    sigset_t none;

    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    sigaction(SIGXCPU, &action, NULL);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGWINCH, SIG_IGN);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}


static void *run_reaper(void *group)
{
    const wsgi_group *of = group;

    apr_sleep(apr_time_from_sec(of->shutdown_timeout));
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, of->server, "Shutdown timeout expired; aborting daemon process '%s'.", of->name);
    _exit(1);
}


static void *run_alive_check(void *unused)
{
    wsgi_interpreter *main_interpreter;

    (void)unused;
    for (;;) {
        if (is_ending)
            return NULL;
        main_interpreter = wsgi_interpreter_find("", 1);
        if (main_interpreter) {
            wsgi_interpreter_enter(main_interpreter);
            wsgi_interpreter_leave();
        }
        last_alive = apr_time_now();
        apr_sleep(apr_time_from_sec(1));
    }
    return NULL;
}


static void start_thread(void *(*run)(void *), const wsgi_group *group)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, run, (void *)group) == 0)
        pthread_detach(thread);
    else
        ap_log_error(APLOG_MARK, APLOG_ALERT, APR_FROM_OS_ERROR(errno), group->server,
                     "WSGI0070: Unable to create a supervising thread in daemon process '%s'.", group->name);
}


/* Tells subscribers of signals, one after the other, in a thread of its own: they may take their time. */
static void *run_signals(void *unused)
{
    unsigned char number;

    (void)unused;
    while (read(signals[0], &number, 1) == 1 && !is_ending)
        wsgi_interpreters_visit(wsgi_event_process_signal, number);
    return NULL;
}


static void pass_signal(const wsgi_group *group, unsigned char number)
{
    if (!signals[1]) {
        if (pipe2(signals, O_CLOEXEC | O_NONBLOCK) < 0)
            return;
        fcntl(signals[0], F_SETFL, 0);
        start_thread(run_signals, group);
    }
    /* Of more signals than a pipe holds nobody hears. */
    if (write(signals[1], &number, 1) < 0)
        return;
}


static void note(const wsgi_group *group, const char *what)
{
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, group->server, "%s '%s'.", what, group->name);
}


/* Waits at most `milliseconds` for a message, which the supervisor may also send. Returns it, or 0. The end of the
 * supervisor is a STOP. */
static char next_message(int supervisor, int milliseconds)
{
    struct pollfd sources[2] = {{messages[0], POLLIN, 0}, {supervisor, POLLIN, 0}};
    char message = 0;

    if (poll(sources, 2, milliseconds) <= 0)
        return 0;
    if (sources[1].revents)
        return recv(supervisor, &message, 1, MSG_DONTWAIT) == 1 ? message : STOP;
    return read(messages[0], &message, 1) == 1 ? message : 0;
}


static int has_passed(apr_time_t since, int seconds)
{
    return seconds && since && apr_time_now() - since >= apr_time_from_sec(seconds);
}


/* The more threads there are, the longer one that is stuck can be borne. */
static int request_limit(const wsgi_group *group)
{
    return (int)(group->request_timeout * (1 + log(group->threads)));
}


/* Why a process ends, as the log has it and as subscribers are told. */
typedef struct {
    const char *text;
    const char *name;
} end_reason;

static const end_reason restart_interval = {"Application restart timer expired", "restart_interval"};
static const end_reason stuck = {"Daemon process request time limit exceeded, and the request could not be interrupted",
                                 "request_timeout"};
static const end_reason request_timeout = {"Daemon process request time limit exceeded", "request_timeout"};
static const end_reason inactivity = {"Daemon process idle inactivity timer expired", "inactivity_timeout"};
static const end_reason startup_timeout = {"Application startup timer expired", "startup_timeout"};
static const end_reason shutdown_signal = {"Shutdown requested for daemon process", "shutdown_signal"};
static const end_reason eviction = {"Process eviction requested, waiting for requests to complete", "eviction_signal"};
static const end_reason graceful = {"Process eviction requested, waiting for requests to complete", "graceful_signal"};
static const end_reason cpu_time = {"Exceeded CPU time limit, restarting daemon process", "cpu_time_limit"};
static const end_reason enough_requests = {"Maximum requests reached, triggering immediate shutdown of", "maximum_requests"};
static const end_reason script_reload = {"Forcing restart of daemon process", "script_reload"};


/* Why the process is to be replaced, NULL if it is not. */
static const end_reason *expired(const wsgi_group *group, apr_time_t started)
{
    if (has_passed(started, group->restart_interval))
        return &restart_interval;
    if (group->interrupt_timeout && request_limit(group)) {
        if (wsgi_workers_interrupt(apr_time_from_sec(request_limit(group))))
            note(group, "Interrupting requests that exceed the time limit in daemon process");
        if (has_passed(wsgi_workers_oldest_interrupted(), group->interrupt_timeout))
            return &stuck;
    }
    else if (has_passed(wsgi_workers_oldest(), request_limit(group))) {
        return &request_timeout;
    }
    if (!wsgi_workers_active() && has_passed(wsgi_workers_last_activity(), group->inactivity_timeout))
        return &inactivity;
    if (has_passed(wsgi_script_waiting_since(), group->startup_timeout))
        return &startup_timeout;
    return NULL;
}


/* Before it serves, a process loads scripts that then have the same time as those which a request loads. */
static void *run_startup_check(void *data)
{
    const wsgi_group *group = data;

    for (; !is_serving; apr_sleep(apr_time_from_msec(100)))
        if (has_passed(wsgi_script_waiting_since(), group->startup_timeout)) {
            note(group, startup_timeout.text);
            _exit(1);
        }
    return NULL;
}


/* How a process ends. */
typedef struct {
    int is_replaced;   /* by another one; otherwise it was told to stop */
    int is_at_once;    /* it cannot serve until the other one does */
    int seconds;       /* for requests in flight */
} ending;

static ending end_for(const wsgi_group *group, const end_reason *reason, ending how)
{
    note(group, reason->text);
    wsgi_event_set_reason(reason->name);
    return how;
}


/* Serves until there is a reason to stop. */
static ending serve(const wsgi_group *group, int supervisor)
{
    const ending stopped = {0, 0, 0};
    const ending replaced = {1, 0, group->graceful_timeout};
    const ending evicted = {1, 0, group->eviction_timeout ? group->eviction_timeout : group->graceful_timeout};
    const ending outdated = {1, 1, group->graceful_timeout};
    const apr_time_t started = apr_time_now();

    for (;;) {
        const end_reason *reason = expired(group, started);

        if (has_passed(last_alive, group->deadlock_timeout)) {
            note(group, "Daemon process deadlock timer expired, stopping process");
            _exit(1);
        }
        if (reason)
            return end_for(group, reason, replaced);
        switch (next_message(supervisor, 250)) {
        case STOP:
            return end_for(group, &shutdown_signal, stopped);
        case EVICT:
            return end_for(group, group->eviction_timeout ? &eviction : &graceful, evicted);
        case CPU_TIME:
            return end_for(group, &cpu_time, replaced);
        case REQUESTS_REACHED:
            return end_for(group, &enough_requests, replaced);
        case SCRIPT_CHANGED:
            return end_for(group, &script_reload, outdated);
        case HANGUP:
            pass_signal(group, SIGHUP);
            break;
        case USER_SIGNAL:
            pass_signal(group, SIGUSR2);
            break;
        default:
            break;
        }
    }
}


/* Asks for another process. Unless this one cannot serve any more, it does so until the other one does. */
static void hand_over(int supervisor, int is_at_once)
{
    const apr_time_t end = apr_time_now() + apr_time_from_sec(REPLACED_WITHIN);
    const char news = WSGI_DAEMON_RETIRES;
    char message = 0;

    if (write(supervisor, &news, 1) < 0)
        return;
    while (!is_at_once && message != REPLACED && message != STOP && apr_time_now() < end)
        message = next_message(supervisor, 100);
}


/* Finishes what is in flight, for so many seconds. */
static void finish(const wsgi_group *group, int supervisor, int seconds)
{
    const apr_time_t end = apr_time_now() + apr_time_from_sec(seconds);

    while (wsgi_workers_active() && apr_time_now() < end)
        if (next_message(supervisor, 20) == STOP)
            return;
    if (wsgi_workers_active())
        ap_log_error(APLOG_MARK, APLOG_INFO, 0, group->server,
                     "Daemon process restart timer expired in daemon process '%s'; forcing shutdown.", group->name);
}


/* A process that cannot be what it should be, or has nothing to do, must not be started over and over: its supervisor
 * waits longer each time. */
static void give_up(const wsgi_group *group)
{
    ap_log_error(APLOG_MARK, APLOG_ALERT, 0, group->server,
                 "WSGI0025: Daemon process configuration failed; daemon process '%s' ends and is started again after a delay.",
                 group->name);
    _exit(1);
}


static void *wait_for_end(void *data)
{
    const int supervisor = *(const int *)data;

    while (next_message(supervisor, -1) != STOP)
        ;
    _exit(0);
}


/* A service has no requests: its scripts are the whole program, and run in the main thread. It ends with them, or at
 * once when it is told to. */
static void run_service(const wsgi_group *group, int supervisor, apr_pool_t *pool)
{
    const char news = WSGI_DAEMON_SERVES;
    pthread_t thread;

    if (write(supervisor, &news, 1) < 0 || pthread_create(&thread, NULL, wait_for_end, &supervisor) != 0)
        _exit(1);
    wsgi_script_load_imports(ap_server_conf, group->name, pool);
    note(group, "Exiting daemon process");
    apr_pool_destroy(pool);
    _exit(0);
}


void wsgi_daemon_run(const wsgi_group *group, int supervisor, pid_t parent)
{
    const char news = WSGI_DAEMON_SERVES;
    apr_pool_t *pool;
    apr_status_t status;
    ending end;

    if (pipe2(messages, O_CLOEXEC) < 0)
        give_up(group);
    take_signals();
    wsgi_process_join(group);
    if (!wsgi_identity_take(group))
        give_up(group);
    /* A change of user would clear this. The supervisor may have gone before. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(0);
    ap_log_error(APLOG_MARK, APLOG_INFO, 0, group->server,
                 "Starting daemon process '%s' with uid=%ld, gid=%ld and threads=%d.", group->name, (long)getuid(),
                 (long)getgid(), group->threads);

    apr_pool_create(&pool, NULL);
    wsgi_python_start(pool, group->server);
    if (!group->threads)
        run_service(group, supervisor, pool);
    if (group->startup_timeout)
        start_thread(run_startup_check, group);
    wsgi_script_load_imports(ap_server_conf, group->name, pool);
    is_serving = 1;
    last_alive = apr_time_now();
    if (group->deadlock_timeout)
        start_thread(run_alive_check, group);
    status = wsgi_workers_start(group, report);
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_ALERT, status, group->server,
                     "WSGI0021: Unable to create worker thread in daemon process '%s'.", group->name);
        _exit(1);
    }
    if (write(supervisor, &news, 1) < 0)
        _exit(0);

    end = serve(group, supervisor);
    if (end.is_replaced)
        hand_over(supervisor, end.is_at_once);
    wsgi_workers_drain();
    if (end.is_replaced)
        finish(group, supervisor, end.seconds);
    is_ending = 1;
    start_thread(run_reaper, group);
    while (wsgi_workers_active())
        apr_sleep(apr_time_from_msec(10));
    note(group, "Stopping process");
    apr_pool_destroy(pool);
    _exit(0);
}
