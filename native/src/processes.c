#include "processes.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apr_general.h"
#include "apr_sha1.h"
#include "config.h"
#include "group.h"
#include "supervisor.h"
#include "unixd.h"

/* How much longer than the longest shutdown-timeout the parent waits for the supervisor. */
#define WAIT_LONGER 3

/* What outlives the configuration, and this module's code: supervisors of former generations that finish. */
#define MOST_FORMER 64

typedef struct {
    int parent_pipe[2];
    int generation;
    pid_t former[MOST_FORMER];
    unsigned char seed[WSGI_SECRET_SIZE];  /* of the secrets of sockets that keep their names */
    int has_seed;
} retained_state;

static retained_state *retained;
static apr_proc_t supervisor;
static apr_proc_t former_processes[MOST_FORMER];
static int generation_pipe[2];
static int is_told_to_stop;
static pid_t parent_pid;
static apr_pool_t *own_pool;


static int refuse(const wsgi_group *group, apr_status_t status, const char *what, const char *what_to_do)
{
    ap_log_error(APLOG_MARK, APLOG_ALERT, status, group->server, "%s '%s'. %s", what, group->socket_path, what_to_do);
    return HTTP_INTERNAL_SERVER_ERROR;
}


static int open_listener(wsgi_group *group)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const uid_t owner = group->socket_uid != WSGI_NO_USER ? group->socket_uid : ap_unixd_config.user_id;
    mode_t before;
    int bound;

    if (strlen(group->socket_path) >= sizeof(address.sun_path))
        return refuse(group, 0, "WSGI0064: Length of path for daemon process socket exceeds what the system allows:",
                      "Choose a shorter WSGISocketPrefix.");
    apr_cpystrn(address.sun_path, group->socket_path, sizeof(address.sun_path));
    group->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (group->listener < 0)
        return refuse(group, APR_FROM_OS_ERROR(errno), "WSGI0012: Unable to create unix domain socket", "");
    unlink(group->socket_path);
    before = umask(0177);
    bound = bind(group->listener, (struct sockaddr *)&address, sizeof(address));
    umask(before);
    if (bound < 0)
        return refuse(group, APR_FROM_OS_ERROR(errno), "WSGI0013: Unable to bind unix domain socket",
                      "The folder must exist; WSGISocketPrefix names another one.");
    if (listen(group->listener, group->listen_backlog) < 0)
        return refuse(group, APR_FROM_OS_ERROR(errno), "WSGI0014: Unable to listen on unix domain socket", "");
    if (geteuid() == 0 && chown(group->socket_path, owner, (gid_t)-1) < 0)
        return refuse(group, APR_FROM_OS_ERROR(errno), "WSGI0015: Unable to change owner of unix domain socket", "");
    return OK;
}


/* One for each start. Apache's old processes may go on using sockets that keep their names: the secrets of those keep as
 * well. Each group has its own all the same, which says nothing about the others'. */
static int find_secret(wsgi_group *group, int rotates)
{
    unsigned char digests[2][APR_SHA1_DIGESTSIZE];
    int i;

    if (rotates)
        return apr_generate_random_bytes(group->secret, sizeof(group->secret)) == APR_SUCCESS;
    if (!retained->has_seed && apr_generate_random_bytes(retained->seed, sizeof(retained->seed)) != APR_SUCCESS)
        return 0;
    retained->has_seed = 1;
    for (i = 0; i < 2; i++) {
        apr_sha1_ctx_t context;

        apr_sha1_init(&context);
        apr_sha1_update_binary(&context, retained->seed, sizeof(retained->seed));
        apr_sha1_update_binary(&context, (const unsigned char *)&i, sizeof(i));
        apr_sha1_update(&context, group->name, (unsigned)strlen(group->name));
        apr_sha1_final(digests[i], &context);
    }
    memcpy(group->secret, digests, sizeof(group->secret));
    return 1;
}


static int prepare_group(wsgi_group *group, int index, apr_pool_t *pool, server_rec *server)
{
    const char *prefix = wsgi_config_of_server(server)->socket_prefix;
    const int rotates = wsgi_config_of_server(server)->socket_rotation;

    prefix = prefix ? ap_server_root_relative(pool, prefix) : ap_runtime_dir_relative(pool, "wsgi");
    if (rotates)
        group->socket_path = apr_psprintf(pool, "%s.%ld.%d.%d.sock", prefix, (long)getpid(), retained->generation, index + 1);
    else
        group->socket_path =
            apr_psprintf(pool, "%s.%ld.u%ld.%d.sock", prefix, (long)getpid(), (long)ap_unixd_config.user_id, index + 1);
    if (!group->has_user) {
        group->user = ap_unixd_config.user_name;
        group->uid = ap_unixd_config.user_id;
    }
    if (!group->has_group)
        group->gid = ap_unixd_config.group_id;
    if (!find_secret(group, rotates)) {
        ap_log_error(APLOG_MARK, APLOG_ALERT, 0, server, "Unable to get random bytes for process group '%s'.", group->name);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    return open_listener(group);
}


static int start_supervisor(void);


static void remove_sockets(void)
{
    int i;

    for (i = 0; i < wsgi_groups()->nelts; i++)
        unlink(APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *)->socket_path);
}


/* Apache's parent tells what it knows of the supervisor. */
static void on_supervisor(int reason, void *data, int status)
{
    (void)data;
    (void)status;
    switch (reason) {
    case APR_OC_REASON_DEATH:
    case APR_OC_REASON_LOST:
        apr_proc_other_child_unregister(&supervisor);
        supervisor.pid = 0;
        if (is_told_to_stop)
            break;
        ap_log_error(APLOG_MARK, APLOG_ERR, 0, ap_server_conf,
                     "The supervisor of the daemon processes has ended unexpectedly; it is started again.");
        start_supervisor();
        break;
    case APR_OC_REASON_RESTART:
        /* The server stops, or is restarted at once: the daemon processes end side by side with Apache's. */
        if (supervisor.pid && !is_told_to_stop)
            kill(supervisor.pid, SIGTERM);
        is_told_to_stop = 1;
        /* Apache kills a supervisor that waits too long for its processes; nothing of it is to be left. */
        remove_sockets();
        break;
    default:
        break;
    }
}


static void on_former(int reason, void *data, int status)
{
    apr_proc_t *process = data;

    (void)status;
    if (reason != APR_OC_REASON_DEATH && reason != APR_OC_REASON_LOST)
        return;
    apr_proc_other_child_unregister(process);
    retained->former[process - former_processes] = 0;
}


static int start_supervisor(void)
{
    const pid_t parent = getpid();
    const pid_t pid = fork();

    if (pid < 0) {
        ap_log_error(APLOG_MARK, APLOG_ALERT, APR_FROM_OS_ERROR(errno), ap_server_conf,
                     "WSGI0020: Unable to spawn the supervisor of the daemon processes.");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    if (pid == 0) {
        const wsgi_lifelines lifelines = {retained->parent_pipe[0], generation_pipe[0]};

        close(retained->parent_pipe[1]);
        close(generation_pipe[1]);
        memset(retained->seed, 0, sizeof(retained->seed));
        wsgi_supervisor_run(&lifelines, parent);
    }
    memset(&supervisor, 0, sizeof(supervisor));
    supervisor.pid = pid;
    apr_proc_other_child_register(&supervisor, on_supervisor, &supervisor, NULL, own_pool);
    return OK;
}


static int is_graceful_restart(void)
{
    const ap_unixd_mpm_retained_data *mpm = ap_unixd_mpm_get_retained_data();

    return mpm->restart_pending && !mpm->shutdown_pending && !mpm->is_ungraceful;
}


static int longest_shutdown(void)
{
    int longest = 0;
    int i;

    for (i = 0; i < wsgi_groups()->nelts; i++)
        if (APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *)->shutdown_timeout > longest)
            longest = APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *)->shutdown_timeout;
    return longest;
}


static void wait_for(pid_t pid, apr_time_t end)
{
    while (waitpid(pid, NULL, WNOHANG) == 0) {
        if (apr_time_now() > end) {
            kill(pid, SIGKILL);
            waitpid(pid, NULL, 0);
            return;
        }
        apr_sleep(apr_time_from_msec(10));
    }
}


static void remember_former(pid_t pid)
{
    int i;

    for (i = 0; i < MOST_FORMER; i++)
        if (!retained->former[i]) {
            retained->former[i] = pid;
            return;
        }
    kill(pid, SIGTERM);
}


static void stop_former(apr_time_t end)
{
    int i;

    for (i = 0; i < MOST_FORMER; i++)
        if (retained->former[i])
            kill(retained->former[i], SIGTERM);
    for (i = 0; i < MOST_FORMER; i++)
        if (retained->former[i]) {
            wait_for(retained->former[i], end);
            retained->former[i] = 0;
        }
}


/* The configuration goes. In the parent only: the other processes were forked with this clean-up, too. */
static apr_status_t end_generation(void *unused)
{
    const apr_time_t end = apr_time_now() + apr_time_from_sec(longest_shutdown() + WAIT_LONGER);
    const int is_graceful = is_graceful_restart();
    const pid_t pid = supervisor.pid;
    int i;

    (void)unused;
    if (getpid() != parent_pid)
        return APR_SUCCESS;
    for (i = 0; i < wsgi_groups()->nelts; i++)
        close(APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *)->listener);
    close(generation_pipe[0]);
    close(generation_pipe[1]);
    if (pid)
        apr_proc_other_child_unregister(&supervisor);
    for (i = 0; i < MOST_FORMER; i++)
        if (retained->former[i])
            apr_proc_other_child_unregister(&former_processes[i]);
    if (!pid)
        return APR_SUCCESS;
    if (is_graceful) {
        kill(pid, SIGUSR1);
        remember_former(pid);
        return APR_SUCCESS;
    }
    kill(pid, SIGTERM);
    wait_for(pid, end);
    stop_former(end);
    for (i = 0; i < wsgi_groups()->nelts; i++)
        unlink(APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *)->socket_path);
    return APR_SUCCESS;
}


/* The supervisors that still finish are reaped by this generation's parent. */
static void adopt_former(void)
{
    int i;

    for (i = 0; i < MOST_FORMER; i++) {
        if (!retained->former[i])
            continue;
        former_processes[i].pid = retained->former[i];
        apr_proc_other_child_register(&former_processes[i], on_former, &former_processes[i], NULL, own_pool);
    }
}


static retained_state *get_retained(void)
{
    static const char key[] = "mod_wsgi_processes";
    retained_state *state = ap_retained_data_get(key);

    if (state)
        return state;
    state = ap_retained_data_create(key, sizeof(*state));
    return pipe2(state->parent_pipe, O_CLOEXEC) == 0 ? state : NULL;
}


int wsgi_processes_start(apr_pool_t *config_pool, server_rec *server)
{
    int i;

    retained = get_retained();
    if (!retained)
        return HTTP_INTERNAL_SERVER_ERROR;
    own_pool = config_pool;
    is_told_to_stop = 0;
    parent_pid = getpid();
    retained->generation++;
    adopt_former();
    if (!wsgi_groups()->nelts)
        return OK;
    for (i = 0; i < wsgi_groups()->nelts; i++) {
        const int status = prepare_group(APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *), i, config_pool, server);

        if (status != OK)
            return status;
    }
    if (pipe2(generation_pipe, O_CLOEXEC) < 0)
        return HTTP_INTERNAL_SERVER_ERROR;
    apr_pool_pre_cleanup_register(config_pool, NULL, end_generation);
    return start_supervisor();
}


void wsgi_processes_leave(void)
{
    int i;

    /* httpd -X serves clients in the parent itself. */
    if (!wsgi_groups()->nelts || getpid() == parent_pid)
        return;
    close(retained->parent_pipe[1]);
    for (i = 0; i < wsgi_groups()->nelts; i++)
        close(APR_ARRAY_IDX(wsgi_groups(), i, wsgi_group *)->listener);
}
