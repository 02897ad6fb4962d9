#include "channel.h"

#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>


void wsgi_channel_init(wsgi_channel *channel, int socket)
{
    channel->socket = socket;
    channel->passed = -1;
    channel->at = channel->end = 0;
}


int wsgi_channel_take_descriptor(wsgi_channel *channel)
{
    const int descriptor = channel->passed;

    channel->passed = -1;
    return descriptor;
}


void wsgi_channel_close(wsgi_channel *channel)
{
    if (channel->passed >= 0)
        close(channel->passed);
    if (channel->socket >= 0)
        close(channel->socket);
    wsgi_channel_init(channel, -1);
}


/* A socket's timeout is reported as EAGAIN. */
static apr_status_t failure(void)
{
    return errno == EAGAIN || errno == EWOULDBLOCK ? APR_TIMEUP : APR_FROM_OS_ERROR(errno);
}


/* Room for one descriptor, aligned as the system wants it. */
typedef union {
    struct cmsghdr align;
    char space[CMSG_SPACE(sizeof(int))];
} descriptor_message;


static void attach(struct msghdr *message, descriptor_message *control, int descriptor)
{
    struct cmsghdr *header;

    memset(control, 0, sizeof(*control));
    message->msg_control = control->space;
    message->msg_controllen = sizeof(control->space);
    header = CMSG_FIRSTHDR(message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &descriptor, sizeof(int));
}


apr_status_t wsgi_channel_send(wsgi_channel *channel, struct iovec *parts, int count, int descriptor)
{
    while (count) {
        descriptor_message control;
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = count < IOV_MAX ? count : IOV_MAX};
        ssize_t sent;

        if (descriptor >= 0)
            attach(&message, &control, descriptor);
        sent = sendmsg(channel->socket, &message, MSG_NOSIGNAL);
        if (sent < 0) {
            if (errno == EINTR)
                continue;
            return failure();
        }
        descriptor = -1;
        while (count && (size_t)sent >= parts->iov_len) {
            sent -= parts->iov_len;
            parts++;
            count--;
        }
        if (count) {
            parts->iov_base = (char *)parts->iov_base + sent;
            parts->iov_len -= sent;
        }
    }
    return APR_SUCCESS;
}


apr_status_t wsgi_channel_send_frame(wsgi_channel *channel, int type, int flags, const void *data, size_t length)
{
    wsgi_frame frame = {(apr_uint32_t)length, (apr_uint16_t)type, (apr_uint16_t)flags};
    struct iovec parts[2] = {{&frame, sizeof(frame)}, {(void *)data, length}};

    return wsgi_channel_send(channel, parts, length ? 2 : 1, -1);
}


static void keep_descriptor(wsgi_channel *channel, struct msghdr *message)
{
    struct cmsghdr *header = CMSG_FIRSTHDR(message);

    if (!header || header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS)
        return;
    if (channel->passed >= 0)
        close(channel->passed);
    memcpy(&channel->passed, CMSG_DATA(header), sizeof(int));
}


/* Fills the empty buffer with what has come; waits for the first byte. */
static apr_status_t fill(wsgi_channel *channel)
{
    for (;;) {
        descriptor_message control;
        struct iovec part = {channel->buffer, sizeof(channel->buffer)};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control.space,
                                 .msg_controllen = sizeof(control.space)};
        const ssize_t received = recvmsg(channel->socket, &message, MSG_CMSG_CLOEXEC);

        if (received < 0 && errno == EINTR)
            continue;
        if (received < 0)
            return failure();
        if (!received)
            return APR_EOF;
        keep_descriptor(channel, &message);
        channel->at = 0;
        channel->end = received;
        return APR_SUCCESS;
    }
}


apr_status_t wsgi_channel_some(wsgi_channel *channel, size_t limit, const char **data, size_t *length)
{
    if (channel->at == channel->end) {
        const apr_status_t status = fill(channel);

        if (status != APR_SUCCESS)
            return status;
    }
    *data = channel->buffer + channel->at;
    *length = channel->end - channel->at;
    if (*length > limit)
        *length = limit;
    channel->at += *length;
    return APR_SUCCESS;
}


apr_status_t wsgi_channel_take(wsgi_channel *channel, void *to, size_t length)
{
    char *at = to;

    while (length) {
        const char *data;
        size_t part;
        const apr_status_t status = wsgi_channel_some(channel, length, &data, &part);

        if (status != APR_SUCCESS)
            return status;
        memcpy(at, data, part);
        at += part;
        length -= part;
    }
    return APR_SUCCESS;
}


apr_status_t wsgi_channel_next(wsgi_channel *channel, wsgi_frame *frame)
{
    return wsgi_channel_take(channel, frame, sizeof(*frame));
}


apr_status_t wsgi_channel_next_now(wsgi_channel *channel, wsgi_frame *frame)
{
    size_t there = channel->end - channel->at;

    if (there < sizeof(*frame)) {
        ssize_t received;

        memmove(channel->buffer, channel->buffer + channel->at, there);
        channel->at = 0;
        channel->end = there;
        received = recv(channel->socket, channel->buffer + there, sizeof(*frame) - there, MSG_DONTWAIT);
        if (received < 0)
            return errno == EAGAIN || errno == EWOULDBLOCK ? APR_EAGAIN : failure();
        if (!received)
            return APR_EOF;
        channel->end += received;
        if (channel->end < sizeof(*frame))
            return APR_EAGAIN;
    }
    return wsgi_channel_next(channel, frame);
}


int wsgi_channel_has_more(const wsgi_channel *channel)
{
    return channel->at < channel->end;
}


int wsgi_channel_gets_more(const wsgi_channel *channel, int milliseconds)
{
    struct pollfd source = {channel->socket, POLLIN, 0};

    return wsgi_channel_has_more(channel) || (milliseconds && poll(&source, 1, milliseconds) > 0);
}
