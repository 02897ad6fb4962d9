#include "remote.h"

#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"
#include "connections.h"
#include "delivery.h"
#include "request_frame.h"
#include "variables.h"

/* Bytes that go to Apache's filters without a flush where response-buffer-size says nothing. */
#define RESPONSE_BUFFER_SIZE (8 * 1024 * 1024)

/* How much of a body travels at once. */
#define BODY_BLOCK 65536

/* One request on one connection. */
typedef struct {
    request_rec *r;
    const wsgi_group *group;
    const wsgi_settings *settings;
    wsgi_channel *channel;
    int has_head;        /* the daemon has answered */
    int has_ended;       /* the client has all of it */
    int is_answered;     /* Apache answers itself: because of a bad body, or WSGIErrorOverride */
    int is_ready;        /* the connection may be used again at once */
    int result;          /* what the handler returns */
    apr_off_t unflushed; /* bytes of the response since the last flush */
} relay;

typedef enum {
    GO_ON,
    ENDED,       /* nothing more comes */
    ENDED_KEEP,  /* and the connection is good for the next request */
    TRY_AGAIN,   /* on another connection: this process is busy or about to end */
    RELOADING    /* as that: the process is replaced because of a script */
} next_step;


static next_step fail(relay *of, int status)
{
    of->result = status;
    return ENDED;
}


/* The daemon has gone, or is silent for too long. */
static next_step lose(relay *of, apr_status_t status)
{
    char text[256];

    if (of->has_head && !of->has_ended) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, of->r,
                      "WSGI0119: Unable to proxy response from daemon to client: daemon process '%s' %s.", of->group->name,
                      status == APR_TIMEUP ? "was silent for longer than socket-timeout" : "closed the connection");
        wsgi_delivery_cut(of->r);
        return ENDED;
    }
    if (of->has_ended || of->is_answered)
        return ENDED;
    if (status == APR_TIMEUP) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, of->r,
                      "WSGI0145: Timeout when reading response headers from daemon process '%s': %s", of->group->name,
                      of->r->filename);
        return fail(of, HTTP_GATEWAY_TIME_OUT);
    }
    if (status == APR_EOF)
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, of->r,
                      "WSGI0146: Daemon process '%s' closed connection before sending complete response headers: %s",
                      of->group->name, of->r->filename);
    else
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, of->r,
                      "WSGI0147: Error reading response headers from daemon process '%s' (%s): %s", of->group->name,
                      apr_strerror(status, text, sizeof(text)), of->r->filename);
    return fail(of, HTTP_BAD_GATEWAY);
}


/* What this side does not understand: never seen from a process of the same program. */
static next_step confuse(relay *of)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, of->r, "WSGI0122: Unexpected status from WSGI daemon process '%s'.",
                  of->group->name);
    if (!of->has_head)
        return fail(of, HTTP_INTERNAL_SERVER_ERROR);
    wsgi_delivery_cut(of->r);
    return ENDED;
}


/* Reads on while bytes are there, so that a body travels in few pieces. */
static apr_status_t gather(request_rec *r, char *to, apr_size_t limit, apr_read_type_e how, apr_size_t *length, int *is_end)
{
    apr_status_t status = wsgi_delivery_receive(r, to, limit, how, length, is_end);

    while (status == APR_SUCCESS && *length && !*is_end && *length < limit) {
        apr_size_t more;

        status = wsgi_delivery_receive(r, to + *length, limit - *length, APR_NONBLOCK_READ, &more, is_end);
        if (APR_STATUS_IS_EAGAIN(status))
            return APR_SUCCESS;
        *length += more;
        if (status == APR_SUCCESS && !more)
            break;
    }
    return status;
}


/* The application reads its body. */
static next_step answer_want(relay *of, const wsgi_frame *frame)
{
    const int is_now = frame->flags & WSGI_FLAG_NOW;
    char *block;
    apr_uint32_t limit;
    apr_size_t length = 0;
    int is_end = 0;
    apr_status_t status;

    if (frame->length != sizeof(limit))
        return confuse(of);
    status = wsgi_channel_take(of->channel, &limit, sizeof(limit));
    if (status != APR_SUCCESS)
        return lose(of, status);
    if (limit > BODY_BLOCK)
        limit = BODY_BLOCK;
    block = malloc(limit);
    if (!block)
        return fail(of, HTTP_INTERNAL_SERVER_ERROR);
    status = gather(of->r, block, limit, is_now ? APR_NONBLOCK_READ : APR_BLOCK_READ, &length, &is_end);
    if (is_now && APR_STATUS_IS_EAGAIN(status))
        status = APR_SUCCESS;
    if (status == APR_SUCCESS) {
        status = wsgi_channel_send_frame(of->channel, WSGI_FRAME_BODY, is_end ? WSGI_FLAG_END : 0, block, length);
        free(block);
        return status == APR_SUCCESS ? GO_ON : lose(of, status);
    }
    free(block);
    wsgi_channel_send_frame(of->channel, WSGI_FRAME_BODY, WSGI_FLAG_FAILED, &status, sizeof(status));
    /* By this status Apache's filter says that it has refused the body and told the client so already. */
    if (status == AP_FILTER_ERROR)
        of->is_answered = 1;
    else if (!of->has_head && APR_STATUS_IS_TIMEUP(status)) {
        char text[256];

        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, of->r,
                      "WSGI0126: Request data read error when proxying data to daemon process: %s.",
                      apr_strerror(status, text, sizeof(text)));
        return fail(of, HTTP_REQUEST_TIME_OUT);
    }
    return GO_ON;
}


static next_step take_head(relay *of, const wsgi_frame *frame)
{
    apr_status_t status;
    int code;
    char *data;

    if (of->has_head || frame->length > WSGI_HEAD_LIMIT)
        return confuse(of);
    data = apr_palloc(of->r->pool, frame->length + 1);
    status = wsgi_channel_take(of->channel, data, frame->length);
    if (status != APR_SUCCESS)
        return lose(of, status);
    if (of->is_answered)
        return GO_ON;
    switch (wsgi_response_decode(data, frame->length, of->r, of->settings->error_override, of->group->header_buffer_size,
                                 &code)) {
    case WSGI_HEAD_GIVEN:
        of->has_head = 1;
        return GO_ON;
    case WSGI_HEAD_OVERRIDDEN:
        of->is_answered = 1;
        of->result = code;
        return GO_ON;
    case WSGI_HEAD_TOO_LONG:
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, of->r,
                      "WSGI0144: A response header from daemon process '%s' is longer than header-buffer-size (%d bytes): %s",
                      of->group->name, of->group->header_buffer_size, of->r->filename);
        return fail(of, HTTP_INTERNAL_SERVER_ERROR);
    default:
        return confuse(of);
    }
}


static next_step end_of(relay *of, const wsgi_frame *frame)
{
    of->has_ended = 1;
    of->is_ready = frame->flags & WSGI_FLAG_DONE;
    return ENDED_KEEP;
}


/* The client left: so does this side of the connection, by which the application learns of it. */
static next_step leave(relay *of)
{
    ap_log_rerror(APLOG_MARK, APLOG_TRACE1, 0, of->r, "Client closed connection.");
    of->has_ended = 1;
    return ENDED;
}


/* Gives a part of the response to Apache, which may wait for the client: for as long as response-socket-timeout says. */
static apr_status_t deliver(relay *of, apr_bucket_brigade *brigade, int is_end, int is_flushed, int is_short)
{
    apr_socket_t *client = of->group->response_socket_timeout ? ap_get_conn_socket(of->r->connection) : NULL;
    apr_interval_time_t usual = 0;
    apr_status_t status;

    if (client && apr_socket_timeout_get(client, &usual) == APR_SUCCESS)
        apr_socket_timeout_set(client, apr_time_from_sec(of->group->response_socket_timeout));
    status = wsgi_delivery_pass(of->r, brigade, is_end, is_flushed, is_short);
    if (client)
        apr_socket_timeout_set(client, usual);
    return status;
}


/* Whether the client gets what there is now: nothing more is on its way, or it is enough. */
static int is_time_to_flush(relay *of, size_t length, int is_more_coming)
{
    const apr_off_t most = of->group->response_buffer_size ? of->group->response_buffer_size : RESPONSE_BUFFER_SIZE;

    of->unflushed += length;
    if (is_more_coming && of->unflushed < most)
        return 0;
    of->unflushed = 0;
    return 1;
}


static next_step pass_part(relay *of, const wsgi_frame *frame)
{
    const int is_end = frame->flags & WSGI_FLAG_END;
    size_t left = frame->length;

    do {
        apr_bucket_brigade *brigade;
        const char *data = NULL;
        size_t length = 0;
        apr_status_t status;

        if (left) {
            status = wsgi_channel_some(of->channel, left, &data, &length);
            if (status != APR_SUCCESS)
                return lose(of, status);
        }
        left -= length;
        if (of->is_answered)
            continue;
        brigade = wsgi_delivery_begin(of->r);
        if (length)
            APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_transient_create(data, length, brigade->bucket_alloc));
        /* More of the frame is on its way; behind its end the client must not wait. */
        status = deliver(of, brigade, is_end && !left,
                         is_time_to_flush(of, length, left || is_end || wsgi_channel_gets_more(of->channel, of->group->response_flush_delay)),
                         frame->flags & WSGI_FLAG_SHORT);
        if (status != APR_SUCCESS)
            return leave(of);
    } while (left);
    return is_end ? end_of(of, frame) : GO_ON;
}


static int is_part_of_file(int descriptor, apr_int64_t offset, apr_int64_t length)
{
    struct stat info;

    return offset >= 0 && length >= 0 && fstat(descriptor, &info) == 0 && S_ISREG(info.st_mode);
}


static next_step pass_file(relay *of, const wsgi_frame *frame)
{
    apr_int64_t place[2];
    apr_bucket_brigade *brigade;
    apr_status_t status;
    int descriptor;

    if (frame->length != sizeof(place))
        return confuse(of);
    status = wsgi_channel_take(of->channel, place, sizeof(place));
    if (status != APR_SUCCESS)
        return lose(of, status);
    descriptor = wsgi_channel_take_descriptor(of->channel);
    if (descriptor < 0)
        return confuse(of);
    if (!is_part_of_file(descriptor, place[0], place[1])) {
        close(descriptor);
        return confuse(of);
    }
    if (of->is_answered) {
        close(descriptor);
        return end_of(of, frame);
    }
    brigade = wsgi_delivery_begin(of->r);
    status = wsgi_delivery_add_file(of->r, brigade, descriptor, place[0], place[1], of->settings->enable_sendfile);
    close(descriptor);
    if (status == APR_SUCCESS)
        status = deliver(of, brigade, 1, 1, frame->flags & WSGI_FLAG_SHORT);
    return status == APR_SUCCESS ? end_of(of, frame) : leave(of);
}


static next_step take_failure(relay *of, const wsgi_frame *frame)
{
    apr_uint32_t code;
    apr_status_t status;

    if (frame->length != sizeof(code))
        return confuse(of);
    status = wsgi_channel_take(of->channel, &code, sizeof(code));
    if (status != APR_SUCCESS)
        return lose(of, status);
    /* The process may run as anybody: what it says is not believed blindly. */
    if (code < HTTP_BAD_REQUEST || code > 599)
        return confuse(of);
    if (code == HTTP_SERVICE_UNAVAILABLE)
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, of->r,
                      "WSGI0116: Daemon process '%s' cannot start, or ends soon after, and is tried again after a delay; the "
                      "log says why.", of->group->name);
    if (!of->is_answered)
        of->result = (int)code;
    of->is_ready = 1;
    return ENDED_KEEP;
}


static next_step take_frame(relay *of, const wsgi_frame *frame)
{
    switch (frame->type) {
    case WSGI_FRAME_WANT:
        return answer_want(of, frame);
    case WSGI_FRAME_HEAD:
        return take_head(of, frame);
    case WSGI_FRAME_PART:
        return of->has_head || of->is_answered ? pass_part(of, frame) : confuse(of);
    case WSGI_FRAME_FILE:
        return of->has_head || of->is_answered ? pass_file(of, frame) : confuse(of);
    case WSGI_FRAME_FAILED:
        return of->has_head ? confuse(of) : take_failure(of, frame);
    case WSGI_FRAME_CUT:
        if (!of->is_answered)
            wsgi_delivery_cut(of->r);
        return ENDED;
    case WSGI_FRAME_AGAIN:
        return frame->flags & WSGI_FLAG_RELOAD ? RELOADING : TRY_AGAIN;
    default:
        return confuse(of);
    }
}


/* Everything that happens on one connection for the request. */
static next_step relay_request(relay *of, const struct iovec *request)
{
    next_step step = GO_ON;
    int is_begun = 0;
    const apr_status_t sent = wsgi_channel_send_frame(of->channel, WSGI_FRAME_REQUEST, 0, request->iov_base, request->iov_len);

    if (sent == APR_TIMEUP)
        return lose(of, sent);
    /* A process that did not want the request has said so before it closed the connection. One that was killed before it
     * had read all of it has not begun it either: the system reports what was not read as a reset. */
    while (step == GO_ON) {
        wsgi_frame frame;
        const apr_status_t status = wsgi_channel_next(of->channel, &frame);

        if (status == APR_SUCCESS)
            step = take_frame(of, &frame);
        else if (!is_begun && (sent != APR_SUCCESS || APR_STATUS_IS_ECONNRESET(status)))
            return TRY_AGAIN;
        else
            step = lose(of, status);
        is_begun = 1;
    }
    return step;
}


static int fail_to_connect(request_rec *r, const wsgi_group *group, apr_status_t status)
{
    if (status == APR_TIMEUP)
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                      "WSGI0116: Unable to connect to WSGI daemon process '%s' on '%s' after multiple attempts as listener "
                      "backlog limit was exceeded or the socket does not exist.", group->name, group->socket_path);
    else
        ap_log_rerror(APLOG_MARK, APLOG_ERR, status, r,
                      "WSGI0117: Unable to connect to WSGI daemon process '%s' on '%s' as user with uid=%ld. That user must "
                      "be able to enter the folder of the socket; WSGISocketPrefix names another one.", group->name,
                      group->socket_path, (long)geteuid());
    return HTTP_SERVICE_UNAVAILABLE;
}


static int index_of(const server_rec *wanted)
{
    const server_rec *server;
    int index = 0;

    for (server = ap_server_conf; server && server != wanted; server = server->next)
        index++;
    return index;
}


int wsgi_remote_run(request_rec *r, const wsgi_settings *settings, const wsgi_group *group)
{
    const apr_interval_time_t timeout =
        group->socket_timeout ? apr_time_from_sec(group->socket_timeout) : r->server->timeout;
    const int most_reloads = 2 * group->processes + 1;
    wsgi_request_origin origin = {index_of(r->server), apr_psprintf(r->pool, "%s:%d", r->connection->client_ip,
                                                                    (int)r->connection->client_addr->port)};
    wsgi_exchange exchange = {0};
    struct iovec request;
    int reloads = 0;
    int only_new = 0;

    wsgi_variables_collect(r, settings, &exchange);
    exchange.queue_start = apr_time_now();
    request = wsgi_request_encode(&exchange, &origin);
    if (request.iov_len > WSGI_HEAD_LIMIT) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "WSGI0121: Unable to send request details to WSGI daemon process '%s': "
                      "they are larger than %d bytes.", group->name, WSGI_HEAD_LIMIT);
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    for (;;) {
        relay of = {.r = r, .group = group, .settings = settings, .result = OK};
        apr_status_t status;
        next_step step;
        int is_new;

        of.channel = wsgi_connection_take(group, only_new, timeout, &is_new, &status);
        if (!of.channel)
            return fail_to_connect(r, group, status);
        step = relay_request(&of, &request);
        if (step == ENDED_KEEP)
            wsgi_connection_keep(group, of.channel, of.is_ready);
        else
            wsgi_connection_close(of.channel);
        if (step != TRY_AGAIN && step != RELOADING)
            return of.result;
        /* Only processes with a thread to spare accept new connections. */
        only_new = 1;
        if (step == RELOADING && ++reloads > most_reloads) {
            ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r,
                          "WSGI0124: Maximum number of WSGI daemon process '%s' restart attempts reached: %d.", group->name,
                          most_reloads);
            return HTTP_SERVICE_UNAVAILABLE;
        }
        if (step == RELOADING)
            ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, r,
                          "Reconnecting after WSGI daemon process '%s' restart, attempt #%d.", group->name, reloads);
    }
}
