#include "connections.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

/* How long to wait before the next attempt. */
#define RETRY_AFTER apr_time_from_msec(20)

typedef struct kept_connection {
    wsgi_channel *channel;
    int is_ready;
    struct kept_connection *next;
} kept_connection;

static apr_thread_mutex_t *lock;
static kept_connection **kept;  /* per group, the one used last in front */


void wsgi_connections_init(apr_pool_t *child_pool)
{
    apr_thread_mutex_create(&lock, APR_THREAD_MUTEX_UNNESTED, child_pool);
    kept = apr_pcalloc(child_pool, sizeof(*kept) * (wsgi_groups()->nelts + 1));
}


void wsgi_connection_close(wsgi_channel *channel)
{
    wsgi_channel_close(channel);
    free(channel);
}


typedef enum { IS_READY, IS_BUSY, IS_GONE } connection_state;

/* What the daemon has said about the connection since its last use. */
static connection_state state_of(kept_connection *entry)
{
    wsgi_frame frame;
    const apr_status_t status = wsgi_channel_next_now(entry->channel, &frame);

    if (status == APR_EAGAIN)
        return entry->is_ready ? IS_READY : IS_BUSY;
    if (status != APR_SUCCESS || frame.type != WSGI_FRAME_DONE)
        return IS_GONE;
    return IS_READY;
}


static kept_connection **list_of(const wsgi_group *group)
{
    const apr_array_header_t *groups = wsgi_groups();
    int i = 0;

    while (APR_ARRAY_IDX(groups, i, wsgi_group *) != group)
        i++;
    return &kept[i];
}


static wsgi_channel *take_kept(const wsgi_group *group)
{
    wsgi_channel *found = NULL;
    kept_connection **place;

    apr_thread_mutex_lock(lock);
    for (place = list_of(group); *place && !found;) {
        kept_connection *entry = *place;
        const connection_state state = state_of(entry);

        if (state == IS_BUSY) {
            place = &entry->next;
            continue;
        }
        *place = entry->next;
        if (state == IS_READY)
            found = entry->channel;
        else
            wsgi_connection_close(entry->channel);
        free(entry);
    }
    apr_thread_mutex_unlock(lock);
    return found;
}


void wsgi_connection_keep(const wsgi_group *group, wsgi_channel *channel, int is_ready)
{
    kept_connection *entry = malloc(sizeof(*entry));
    kept_connection **list = list_of(group);

    if (!entry) {
        wsgi_connection_close(channel);
        return;
    }
    entry->channel = channel;
    entry->is_ready = is_ready;
    apr_thread_mutex_lock(lock);
    entry->next = *list;
    *list = entry;
    apr_thread_mutex_unlock(lock);
}


/* Timeouts of zero would mean none. */
static void set_options(int socket, const wsgi_group *group, apr_interval_time_t timeout)
{
    struct timeval limit;

    if (timeout < APR_USEC_PER_SEC)
        timeout = APR_USEC_PER_SEC;
    limit.tv_sec = apr_time_sec(timeout);
    limit.tv_usec = apr_time_usec(timeout);
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
    if (group->send_buffer_size)
        setsockopt(socket, SOL_SOCKET, SO_SNDBUF, &group->send_buffer_size, sizeof(int));
    if (group->receive_buffer_size)
        setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &group->receive_buffer_size, sizeof(int));
}


/* Nobody listens yet, the backlog is full, or the process that accepted the connection was just killed. */
static int may_come(apr_status_t status)
{
    return APR_STATUS_IS_ECONNREFUSED(status) || APR_STATUS_IS_ECONNRESET(status) || APR_STATUS_IS_EPIPE(status) ||
           APR_STATUS_IS_EAGAIN(status) || APR_STATUS_IS_EINTR(status);
}


/* One attempt, without blocking: a full backlog is reported as EAGAIN. */
static apr_status_t connect_once(const wsgi_group *group, int *connected)
{
    const int descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (descriptor < 0)
        return APR_FROM_OS_ERROR(errno);
    apr_cpystrn(address.sun_path, group->socket_path, sizeof(address.sun_path));
    if (connect(descriptor, (struct sockaddr *)&address, sizeof(address)) == 0) {
        fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK);
        *connected = descriptor;
        return APR_SUCCESS;
    }
    const apr_status_t status = APR_FROM_OS_ERROR(errno);
    close(descriptor);
    return status;
}


/* Connects, and shows the secret. */
static apr_status_t open_channel(const wsgi_group *group, apr_interval_time_t timeout, wsgi_channel *channel)
{
    int descriptor = -1;
    apr_status_t status = connect_once(group, &descriptor);

    if (status != APR_SUCCESS)
        return status;
    set_options(descriptor, group, timeout);
    wsgi_channel_init(channel, descriptor);
    status = wsgi_channel_send_frame(channel, WSGI_FRAME_HELLO, 0, group->secret, WSGI_SECRET_SIZE);
    if (status != APR_SUCCESS)
        wsgi_channel_close(channel);
    return status;
}


static wsgi_channel *connect_new(const wsgi_group *group, apr_interval_time_t timeout, apr_status_t *status)
{
    const apr_time_t end = apr_time_now() + apr_time_from_sec(group->connect_timeout);
    wsgi_channel *channel = malloc(sizeof(*channel));

    if (!channel) {
        *status = APR_ENOMEM;
        return NULL;
    }
    for (;;) {
        *status = open_channel(group, timeout, channel);
        if (*status == APR_SUCCESS)
            return channel;
        if (!may_come(*status) || apr_time_now() >= end)
            break;
        apr_sleep(RETRY_AFTER);
    }
    if (may_come(*status))
        *status = APR_TIMEUP;
    free(channel);
    return NULL;
}


wsgi_channel *wsgi_connection_take(const wsgi_group *group, int only_new, apr_interval_time_t timeout, int *is_new,
                                   apr_status_t *status)
{
    wsgi_channel *channel = only_new ? NULL : take_kept(group);

    *is_new = !channel;
    *status = APR_SUCCESS;
    return channel ? channel : connect_new(group, timeout, status);
}
