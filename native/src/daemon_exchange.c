#include "daemon_exchange.h"

#include "application.h"
#include "exchange.h"
#include "request_frame.h"

/* How many parts are described on the stack. */
#define FEW_PARTS 24

typedef struct {
    wsgi_exchange exchange;
    wsgi_channel *channel;
    const server_rec *server;
    const char *client;
    int has_ended;
    int is_done;   /* Apache knows already that the connection is ready again */
    int is_lost;   /* the channel is of no more use */
} daemon_exchange;


static daemon_exchange *own(wsgi_exchange *exchange)
{
    return (daemon_exchange *)exchange;
}


static wsgi_received receive(wsgi_exchange *exchange, char *to, apr_size_t limit, apr_read_type_e how)
{
    daemon_exchange *self = own(exchange);
    const apr_uint32_t wanted = limit < WSGI_PART_LIMIT ? (apr_uint32_t)limit : WSGI_PART_LIMIT;
    wsgi_received received = {APR_ECONNABORTED, 0, 0};
    wsgi_frame frame;

    if (self->is_lost)
        return received;
    received.status = wsgi_channel_send_frame(self->channel, WSGI_FRAME_WANT, how == APR_NONBLOCK_READ ? WSGI_FLAG_NOW : 0,
                                              &wanted, sizeof(wanted));
    if (received.status == APR_SUCCESS)
        received.status = wsgi_channel_next(self->channel, &frame);
    if (received.status == APR_SUCCESS && (frame.type != WSGI_FRAME_BODY || frame.length > wanted + sizeof(apr_status_t)))
        received.status = APR_EGENERAL;
    if (received.status != APR_SUCCESS) {
        self->is_lost = 1;
        return received;
    }
    if (frame.flags & WSGI_FLAG_FAILED) {
        apr_status_t reason = APR_EGENERAL;

        if (frame.length == sizeof(reason) && wsgi_channel_take(self->channel, &reason, sizeof(reason)) != APR_SUCCESS)
            self->is_lost = 1;
        if (reason == AP_FILTER_ERROR)
            exchange->is_answered = 1;
        received.status = reason;
        return received;
    }
    if (frame.length <= limit)
        received.status = wsgi_channel_take(self->channel, to, frame.length);
    else
        received.status = APR_EGENERAL;
    if (received.status != APR_SUCCESS)
        self->is_lost = 1;
    received.length = frame.length;
    received.is_end = frame.flags & WSGI_FLAG_END;
    return received;
}


/* Whoever reads the response has gone. */
static apr_status_t lose(daemon_exchange *self)
{
    self->is_lost = 1;
    return APR_ECONNABORTED;
}


/* One frame with all blocks, behind the head if there is one, in one system call. */
static apr_status_t send_frame(daemon_exchange *self, struct iovec *head, const wsgi_frame *part,
                               const struct iovec *blocks, int count, int descriptor)
{
    struct iovec few[FEW_PARTS];
    struct iovec *parts = count + 3 <= FEW_PARTS ? few : malloc((count + 3) * sizeof(*parts));
    wsgi_frame head_frame = {0, WSGI_FRAME_HEAD, 0};
    int used = 0;
    apr_status_t status;

    if (!parts)
        return lose(self);
    if (head->iov_base) {
        head_frame.length = (apr_uint32_t)head->iov_len;
        parts[used++] = (struct iovec){&head_frame, sizeof(head_frame)};
        parts[used++] = *head;
    }
    parts[used++] = (struct iovec){(void *)part, sizeof(*part)};
    if (count)
        memcpy(parts + used, blocks, count * sizeof(*parts));
    status = wsgi_channel_send(self->channel, parts, used + count, descriptor);
    if (parts != few)
        free(parts);
    free(head->iov_base);
    head->iov_base = NULL;
    return status == APR_SUCCESS ? APR_SUCCESS : lose(self);
}


/* More than fits into one frame. */
static apr_status_t send_large(daemon_exchange *self, struct iovec *head, const struct iovec *blocks, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        size_t at;

        for (at = 0; at < blocks[i].iov_len; at += WSGI_PART_LIMIT) {
            const size_t left = blocks[i].iov_len - at;
            const struct iovec block = {(char *)blocks[i].iov_base + at, left < WSGI_PART_LIMIT ? left : WSGI_PART_LIMIT};
            const wsgi_frame part = {(apr_uint32_t)block.iov_len, WSGI_FRAME_PART, 0};
            const apr_status_t status = send_frame(self, head, &part, &block, 1, -1);

            if (status != APR_SUCCESS)
                return status;
        }
    }
    return APR_SUCCESS;
}


static int end_flags(daemon_exchange *self, wsgi_follows follows, int is_short)
{
    self->has_ended = follows != WSGI_MORE;
    self->is_done = follows == WSGI_DONE;
    return (self->has_ended ? WSGI_FLAG_END : 0) | (self->is_done ? WSGI_FLAG_DONE : 0) | (is_short ? WSGI_FLAG_SHORT : 0);
}


static apr_status_t send_blocks(wsgi_exchange *exchange, const wsgi_head *head, const struct iovec *blocks, int count,
                                wsgi_follows follows, int is_short)
{
    daemon_exchange *self = own(exchange);
    struct iovec encoded = {NULL, 0};
    wsgi_frame part = {0, WSGI_FRAME_PART, 0};
    apr_off_t total = 0;
    int i;

    if (self->is_lost)
        return APR_ECONNABORTED;
    for (i = 0; i < count; i++)
        total += blocks[i].iov_len;
    if (head) {
        encoded = wsgi_response_encode(head, follows == WSGI_MORE ? -1 : total);
        if (!encoded.iov_base)
            return APR_ENOMEM;
    }
    if (exchange->header_only)
        total = count = 0;
    if (total > WSGI_PART_LIMIT) {
        const apr_status_t status = send_large(self, &encoded, blocks, count);

        if (status != APR_SUCCESS)
            return status;
        total = count = 0;
    }
    part.length = (apr_uint32_t)total;
    part.flags = (apr_uint16_t)end_flags(self, follows, is_short);
    return send_frame(self, &encoded, &part, blocks, count, -1);
}


/* The descriptor itself travels: Apache sends the file without a copy. */
static apr_status_t send_file(wsgi_exchange *exchange, const wsgi_head *head, const wsgi_file_part *file,
                              apr_off_t length, int is_short)
{
    daemon_exchange *self = own(exchange);
    struct iovec encoded = wsgi_response_encode(head, length);
    apr_int64_t place[2] = {file->offset, length};
    const struct iovec block = {place, sizeof(place)};
    wsgi_frame frame = {sizeof(place), WSGI_FRAME_FILE, 0};

    if (!encoded.iov_base)
        return APR_ENOMEM;
    frame.flags = (apr_uint16_t)end_flags(self, WSGI_END, is_short);
    return send_frame(self, &encoded, &frame, &block, 1, file->descriptor);
}


static void cut(wsgi_exchange *exchange)
{
    daemon_exchange *self = own(exchange);

    if (!self->is_lost)
        wsgi_channel_send_frame(self->channel, WSGI_FRAME_CUT, 0, NULL, 0);
    self->is_lost = 1;
}


static void log_record(const wsgi_exchange *exchange, int level, const char *text)
{
    const daemon_exchange *self = (const daemon_exchange *)exchange;

    ap_log_error(APLOG_MARK, level, 0, self->server, "[client %s] %s", self->client, text);
}


static const wsgi_exchange_methods methods = {receive, send_blocks, send_file, cut, log_record};


static const server_rec *server_at(int index)
{
    const server_rec *server = ap_server_conf;

    while (server->next && index-- > 0)
        server = server->next;
    return server;
}


static wsgi_served refuse(daemon_exchange *self, int status)
{
    const apr_uint32_t code = (apr_uint32_t)status;

    return wsgi_channel_send_frame(self->channel, WSGI_FRAME_FAILED, 0, &code, sizeof(code)) == APR_SUCCESS ? WSGI_KEEP
                                                                                                           : WSGI_CLOSE;
}


/* What is told to Apache when the application has returned. */
static wsgi_served finish(daemon_exchange *self, int result)
{
    if (self->is_lost)
        return WSGI_CLOSE;
    if (result == WSGI_OUTDATED)
        return WSGI_REPLACE;
    if (!self->has_ended)
        return refuse(self, result == OK ? HTTP_INTERNAL_SERVER_ERROR : result);
    if (self->is_done)
        return WSGI_KEEP;
    return wsgi_channel_send_frame(self->channel, WSGI_FRAME_DONE, 0, NULL, 0) == APR_SUCCESS ? WSGI_KEEP : WSGI_CLOSE;
}


static int is_too_old(const daemon_exchange *self, const wsgi_group *group)
{
    const apr_time_t limit = apr_time_from_sec(group->queue_timeout);

    if (!limit || self->exchange.daemon_start - self->exchange.request_start <= limit)
        return 0;
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, self->server,
                 "[client %s] WSGI0084: Queue timeout expired for WSGI daemon process '%s'.", self->client, group->name);
    return 1;
}


/* Apache and this process may see different files; the script's time is what this process sees. */
static int look_at_script(daemon_exchange *self, const wsgi_group *group)
{
    apr_finfo_t info;

    self->exchange.script = wsgi_group_path(group, self->exchange.script);
    const apr_status_t status = apr_stat(&info, self->exchange.script, APR_FINFO_MTIME, self->exchange.pool);

    if (status == APR_SUCCESS) {
        self->exchange.modified = info.mtime;
        return 1;
    }
    ap_log_error(APLOG_MARK, APLOG_ERR, status, self->server,
                 "[client %s] WSGI0083: Unable to stat target WSGI script '%s'. The user of the daemon process must be able "
                 "to read it.", self->client, self->exchange.script);
    return 0;
}


static wsgi_served run(daemon_exchange *self, const wsgi_group *group)
{
    if (is_too_old(self, group))
        return refuse(self, HTTP_GATEWAY_TIME_OUT);
    if (!look_at_script(self, group))
        return refuse(self, HTTP_INTERNAL_SERVER_ERROR);
    return finish(self, wsgi_application_run(&self->exchange));
}


wsgi_served wsgi_daemon_serve(wsgi_channel *channel, const wsgi_group *group, apr_pool_t *pool, int *is_ignored)
{
    daemon_exchange self = {.exchange.methods = &methods, .channel = channel};
    wsgi_request_origin origin;
    wsgi_served served = WSGI_CLOSE;
    wsgi_frame frame;
    char *data;

    if (wsgi_channel_next(channel, &frame) != APR_SUCCESS || frame.type != WSGI_FRAME_REQUEST ||
        frame.length > WSGI_HEAD_LIMIT)
        return WSGI_CLOSE;
    data = apr_palloc(pool, frame.length + 1);
    if (wsgi_channel_take(channel, data, frame.length) == APR_SUCCESS &&
        wsgi_request_decode(data, frame.length, pool, &self.exchange, &origin)) {
        self.server = server_at(origin.server_index);
        self.client = origin.client;
        self.exchange.daemon_start = apr_time_now();
        *is_ignored = self.exchange.settings->ignore_activity;
        served = run(&self, group);
    }
    apr_pool_clear(pool);
    return served;
}
