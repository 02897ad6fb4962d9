#include "workers.h"

#include <pthread.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"
#include "daemon_exchange.h"
#include "interrupt.h"
#include "thread.h"

/* Who serves a request. Python runs one of them at a time, so one thread that is awake serves best: it goes on with the next
 * request that waits here, or else waits at the system for one, which is called to lead. Nobody has to be woken for it. A
 * thread that leads and serves then leaves the process without a leader: if it is late (turn.h), the watchman calls
 * another one; where requests are late anyway, it does so itself before it serves. */

/* How often the watchman looks. */
#define LOOK_EVERY_NS 500000

/* A connection is in one place at a time: watched by epoll (idle), waiting for a thread (ready), or with a thread. */
typedef struct connection {
    wsgi_channel channel;
    int is_known;                        /* it has shown the secret */
    int is_watched;                      /* epoll knows it */
    struct connection *next, *previous;  /* in `idle` or `ready` */
} connection;

typedef struct {
    connection *first, *last;
} connection_list;

typedef struct worker {
    pthread_cond_t wake;
    int is_called;
    apr_time_t busy_since;  /* 0: idle */
    apr_time_t interrupted; /* when the request was told to end, 0: it was not */
    wsgi_thread *thread;
    apr_pool_t *pool;
    struct worker *next;    /* in `free_workers` */
} worker;

static const wsgi_group *own_group;
static wsgi_worker_report *tell;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;  /* of everything below */
static int watcher = -1;
static int accepting;
static int draining;
static int is_led;
static pthread_cond_t wake_watchman = PTHREAD_COND_INITIALIZER;
static int watchman_sleeps;
static worker *workers;
static worker *free_workers;  /* the one that was busy last in front: its memory is still in the processor's caches */
static connection_list idle;
static connection_list ready;
static unsigned begun;
static int active;
static int served;
static apr_time_t last_activity;


static void append(connection_list *list, connection *added)
{
    added->next = NULL;
    added->previous = list->last;
    if (list->last)
        list->last->next = added;
    else
        list->first = added;
    list->last = added;
}


static void take_out(connection_list *list, connection *taken)
{
    if (taken->previous)
        taken->previous->next = taken->next;
    else
        list->first = taken->next;
    if (taken->next)
        taken->next->previous = taken->previous;
    else
        list->last = taken->previous;
}


static void drop(connection *dropped)
{
    wsgi_channel_close(&dropped->channel);
    free(dropped);
}


/* Another process may have a thread to spare; this one does not begin what was sent. */
static void send_away_with(connection *sent, int flags)
{
    const wsgi_frame frame = {0, WSGI_FRAME_AGAIN, (apr_uint16_t)flags};

    send(sent->channel.socket, &frame, sizeof(frame), MSG_DONTWAIT | MSG_NOSIGNAL);
    drop(sent);
}


static void send_away(connection *sent)
{
    send_away_with(sent, 0);
}


static int has_siblings(void)
{
    return own_group->processes > 1;
}


/* Where several processes accept from one listener, only one with a thread to spare does. */
static void watch_listener(int has_thread)
{
    const int wanted = has_thread || !has_siblings();
    struct epoll_event event = {.events = wanted ? EPOLLIN : 0};

    if (draining || wanted == accepting)
        return;
    accepting = wanted;
    epoll_ctl(watcher, EPOLL_CTL_MOD, own_group->listener, &event);
}


static void watch(connection *watched)
{
    struct epoll_event event = {.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT, .data.ptr = watched};

    append(&idle, watched);
    epoll_ctl(watcher, watched->is_watched ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, watched->channel.socket, &event);
    watched->is_watched = 1;
}


/* Whether the other side knows the secret; the time it takes tells nothing about it. */
static int is_allowed(connection *of)
{
    unsigned char shown[WSGI_SECRET_SIZE];
    unsigned char difference = 0;
    wsgi_frame frame;
    int i;

    if (wsgi_channel_next(&of->channel, &frame) != APR_SUCCESS)
        return 0;
    if (frame.type == WSGI_FRAME_HELLO && frame.length == WSGI_SECRET_SIZE) {
        if (wsgi_channel_take(&of->channel, shown, sizeof(shown)) != APR_SUCCESS)
            return 0;
        for (i = 0; i < WSGI_SECRET_SIZE; i++)
            difference |= shown[i] ^ own_group->secret[i];
        if (!difference)
            return 1;
    }
    ap_log_error(APLOG_MARK, APLOG_ALERT, 0, own_group->server,
                 "WSGI0034: Request origin could not be validated: a connection to daemon process '%s' did not show the "
                 "secret of this start of the server.", own_group->name);
    return 0;
}


/* Serves one request. Returns the connection if it is good for another one. */
static connection *serve(worker *self, connection *given, int *is_ignored)
{
    wsgi_served result = WSGI_CLOSE;

    if (!given->is_known)
        given->is_known = is_allowed(given);
    if (given->is_known)
        result = wsgi_daemon_serve(&given->channel, own_group, self->pool, is_ignored);
    if (result == WSGI_KEEP)
        return given;
    if (result == WSGI_REPLACE) {
        /* First of all, so that the same request does not come here again. */
        wsgi_workers_drain();
        tell(WSGI_SCRIPT_CHANGED);
        send_away_with(given, WSGI_FLAG_RELOAD);
    }
    else {
        drop(given);
    }
    return NULL;
}


/* While requests are served no process is inactive: their ends are what counts. */
static void note_served(worker *self, int is_ignored)
{
    self->busy_since = self->interrupted = 0;
    served++;
    active--;
    if (!is_ignored)
        last_activity = apr_time_now();
    if (own_group->maximum_requests && served == own_group->maximum_requests)
        tell(WSGI_REQUESTS_REACHED);
}


/* Returns whether there was one: nobody else may wait, or another process was quicker. */
static int accept_connection(void)
{
    const int descriptor = accept4(own_group->listener, NULL, NULL, SOCK_CLOEXEC);
    connection *accepted;

    if (descriptor < 0)
        return 0;
    accepted = calloc(1, sizeof(*accepted));
    if (!accepted) {
        close(descriptor);
        return 0;
    }
    wsgi_channel_init(&accepted->channel, descriptor);
    if (own_group->send_buffer_size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &own_group->send_buffer_size, sizeof(int));
    if (own_group->receive_buffer_size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &own_group->receive_buffer_size, sizeof(int));
    /* Who connects has a request: it follows at once. */
    append(&ready, accepted);
    return 1;
}


/* Waits until connections have a request. Called with the lock held, which others may have meanwhile. */
static void lead(void)
{
    struct epoll_event events[64];
    int count;
    int i;

    is_led = 1;
    pthread_mutex_unlock(&lock);
    count = epoll_wait(watcher, events, sizeof(events) / sizeof(*events), -1);
    pthread_mutex_lock(&lock);
    is_led = 0;
    for (i = 0; i < count && !draining; i++) {
        connection *of = events[i].data.ptr;

        if (!of) {
            /* Who connects waits in the order of those who are connected, unless another process may serve him sooner. */
            while (accept_connection() && !has_siblings())
                ;
            continue;
        }
        take_out(&idle, of);
        if (events[i].events & (EPOLLHUP | EPOLLRDHUP | EPOLLERR))
            drop(of);
        else
            append(&ready, of);
    }
}


/* Called with the lock held, as all that follows, and with a worker free. */
static void call_worker(void)
{
    worker *called = free_workers;

    free_workers = called->next;
    called->is_called = 1;
    pthread_cond_signal(&called->wake);
}


static void call_leader(void)
{
    if (free_workers && !is_led && !draining)
        call_worker();
}


static void call_watchman(void)
{
    if (watchman_sleeps)
        pthread_cond_signal(&wake_watchman);
}


static void wait_to_be_called(worker *self)
{
    self->next = free_workers;
    free_workers = self;
    watch_listener(1);
    if (!is_led)
        call_watchman();
    while (!self->is_called)
        pthread_cond_wait(&self->wake, &lock);
}


/* Waits until this thread may begin a request that waits here: at once if it was called for it, else when no other one has
 * the turn, which would come for it. */
static void wait_for_request(worker *self)
{
    self->is_called = 0;
    while (!ready.first || (!self->is_called && wsgi_turn_now() == WSGI_TURN_TAKEN)) {
        self->is_called = 0;
        if (!ready.first && !is_led && !draining) {
            watch_listener(1);
            lead();
        }
        else {
            wait_to_be_called(self);
        }
    }
}


/* From here on the request counts as being served. */
static connection *begin(worker *self)
{
    connection *taken = ready.first;

    take_out(&ready, taken);
    self->busy_since = apr_time_now();
    active++;
    begun++;
    if (wsgi_turn_now() == WSGI_TURN_LATE)
        call_leader();
    call_watchman();
    return taken;
}


static void *work(void *data)
{
    worker *self = data;

    self->thread = wsgi_thread_current();
    pthread_mutex_lock(&lock);
    for (;;) {
        connection *taken;
        int is_ignored = 0;

        wait_for_request(self);
        taken = begin(self);
        pthread_mutex_unlock(&lock);
        taken = serve(self, taken, &is_ignored);
        pthread_mutex_lock(&lock);
        note_served(self, is_ignored);
        if (taken && draining)
            send_away(taken);
        else if (taken && wsgi_channel_has_more(&taken->channel))
            append(&ready, taken);
        else if (taken)
            watch(taken);
    }
    return NULL;
}


/* While no thread is free another process may have one: what comes is sent there. */
static void lead_for_busy(void)
{
    connection *of;
    connection *next;

    watch_listener(0);
    lead();
    for (of = ready.first; of; of = next) {
        next = of->next;
        if (free_workers) {
            call_worker();
        }
        else {
            take_out(&ready, of);
            send_away(of);
        }
    }
    call_leader();
}


/* Returns whether there was something to see: a thread that may be late. */
static int look(void)
{
    static const struct timespec look_every = {0, LOOK_EVERY_NS};
    const unsigned before = begun;
    wsgi_turn_state turn;

    pthread_mutex_unlock(&lock);
    nanosleep(&look_every, NULL);
    pthread_mutex_lock(&lock);
    if (is_led || !free_workers)
        return begun != before;
    turn = wsgi_turn_look();
    /* What has not come so far as to have a turn, or has had it, may wait for something as well. */
    if (turn == WSGI_TURN_LATE || (turn == WSGI_TURN_FREE && begun == before))
        call_leader();
    return 1;
}


static void *keep_watch(void *unused)
{
    (void)unused;
    pthread_mutex_lock(&lock);
    while (!draining) {
        if (has_siblings() && !free_workers && !is_led) {
            lead_for_busy();
        }
        else if (!look()) {
            watchman_sleeps = 1;
            pthread_cond_wait(&wake_watchman, &lock);
            watchman_sleeps = 0;
        }
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}


void wsgi_workers_drain(void)
{
    pthread_mutex_lock(&lock);
    if (!draining) {
        draining = 1;
        epoll_ctl(watcher, EPOLL_CTL_DEL, own_group->listener, NULL);
        close(own_group->listener);
        while (idle.first) {
            connection *of = idle.first;

            take_out(&idle, of);
            send_away(of);
        }
        while (ready.first) {
            connection *of = ready.first;

            take_out(&ready, of);
            send_away(of);
        }
    }
    pthread_mutex_unlock(&lock);
}


int wsgi_workers_active(void)
{
    int count;

    pthread_mutex_lock(&lock);
    count = active;
    pthread_mutex_unlock(&lock);
    return count;
}


/* The earliest of a time that each worker has, 0 where none has it. */
static apr_time_t earliest(size_t field)
{
    apr_time_t found = 0;
    int i;

    pthread_mutex_lock(&lock);
    for (i = 0; i < own_group->threads; i++) {
        const apr_time_t time = *(const apr_time_t *)((const char *)&workers[i] + field);

        if (time && (!found || time < found))
            found = time;
    }
    pthread_mutex_unlock(&lock);
    return found;
}


apr_time_t wsgi_workers_oldest(void)
{
    return earliest(offsetof(worker, busy_since));
}


int wsgi_workers_interrupt(apr_interval_time_t limit)
{
    const apr_time_t now = apr_time_now();
    int count = 0;
    int i;

    pthread_mutex_lock(&lock);
    for (i = 0; i < own_group->threads; i++)
        if (workers[i].busy_since && now - workers[i].busy_since >= limit && !workers[i].interrupted) {
            workers[i].interrupted = now;
            wsgi_interrupt(workers[i].thread, now);
            count++;
        }
    pthread_mutex_unlock(&lock);
    return count;
}


apr_time_t wsgi_workers_oldest_interrupted(void)
{
    return earliest(offsetof(worker, interrupted));
}


apr_time_t wsgi_workers_last_activity(void)
{
    apr_time_t last;

    pthread_mutex_lock(&lock);
    last = last_activity;
    pthread_mutex_unlock(&lock);
    return last;
}


static apr_status_t start_thread(void *(*run)(void *), void *data)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int error;

    pthread_attr_init(&attributes);
    if (own_group->stack_size)
        pthread_attr_setstacksize(&attributes, own_group->stack_size);
    error = pthread_create(&thread, &attributes, run, data);
    pthread_attr_destroy(&attributes);
    if (error)
        return APR_FROM_OS_ERROR(error);
    pthread_detach(thread);
    return APR_SUCCESS;
}


apr_status_t wsgi_workers_start(const wsgi_group *group, wsgi_worker_report *report)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    apr_status_t status;
    int i;

    own_group = group;
    tell = report;
    last_activity = apr_time_now();
    watcher = epoll_create1(EPOLL_CLOEXEC);
    workers = calloc(group->threads, sizeof(*workers));
    if (watcher < 0 || !workers || epoll_ctl(watcher, EPOLL_CTL_ADD, group->listener, &event) < 0)
        return APR_FROM_OS_ERROR(errno);
    accepting = 1;
    for (i = 0; i < group->threads; i++) {
        pthread_cond_init(&workers[i].wake, NULL);
        /* Not below another pool: a pool's children are for one thread. */
        apr_pool_create_unmanaged_ex(&workers[i].pool, NULL, NULL);
        status = start_thread(work, &workers[i]);
        if (status != APR_SUCCESS)
            return status;
    }
    return start_thread(keep_watch, NULL);
}
