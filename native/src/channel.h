/* The channel between an Apache process and a daemon process: a connected UNIX socket that carries frames. A frame is
 * a header and that many bytes; both sides are the same program, so its numbers are in the machine's own form. */

#ifndef WSGI_CHANNEL_H
#define WSGI_CHANNEL_H

#include <sys/types.h>
#include <sys/uio.h>

#include "apache.h"

/* The largest frame that is read as a whole (request and response heads). */
#define WSGI_HEAD_LIMIT (16 * 1024 * 1024)

/* The longest body part in one frame. */
#define WSGI_PART_LIMIT (1 << 30)

typedef enum {
    /* Apache to daemon */
    WSGI_FRAME_HELLO = 1, /* the group's secret; once for each connection */
    WSGI_FRAME_REQUEST,   /* see request_frame.h */
    WSGI_FRAME_BODY,      /* the answer to WANT; flag END: at its end; FAILED: an apr_status_t */
    /* daemon to Apache */
    WSGI_FRAME_WANT,      /* body bytes: at most this many (apr_uint32_t); flag NOW: without waiting */
    WSGI_FRAME_HEAD,      /* see request_frame.h */
    WSGI_FRAME_PART,      /* of the response body; flag END: the last one; SHORT: less than promised */
    WSGI_FRAME_FILE,      /* the whole response body as offset, length (apr_int64_t) of a descriptor passed along; SHORT */
    WSGI_FRAME_CUT,       /* the response is not whole, and ends here */
    WSGI_FRAME_FAILED,    /* no response: the HTTP status to answer with (apr_uint32_t) */
    WSGI_FRAME_DONE,      /* ready for the next request */
    WSGI_FRAME_AGAIN      /* the request was not begun: send it to another process; flag RELOAD says why */
} wsgi_frame_type;

enum {
    WSGI_FLAG_END = 1,
    WSGI_FLAG_DONE = 2,   /* with END: no DONE follows, the connection is ready */
    WSGI_FLAG_SHORT = 4,
    WSGI_FLAG_FAILED = 8,
    WSGI_FLAG_NOW = 16,
    WSGI_FLAG_RELOAD = 32
};

typedef struct {
    apr_uint32_t length;
    apr_uint16_t type;
    apr_uint16_t flags;
} wsgi_frame;

typedef struct {
    int socket;
    int passed;        /* a descriptor that came along and has not been taken, or -1 */
    size_t at;
    size_t end;
    char buffer[65536];
} wsgi_channel;

void wsgi_channel_init(wsgi_channel *channel, int socket);

/* Closes the socket and a descriptor that nobody took. */
void wsgi_channel_close(wsgi_channel *channel);

/* Sends frames and their bytes as they lie in `parts`; `descriptor` goes along if it is not -1. The parts are changed.
 * APR_TIMEUP when the other side does not read within the socket's timeout, APR_EOF or another status if it is gone. */
apr_status_t wsgi_channel_send(wsgi_channel *channel, struct iovec *parts, int count, int descriptor);

/* Sends one frame with `length` bytes. */
apr_status_t wsgi_channel_send_frame(wsgi_channel *channel, int type, int flags, const void *data, size_t length);

/* Receives the header of the next frame; its bytes must be taken before the next one. */
apr_status_t wsgi_channel_next(wsgi_channel *channel, wsgi_frame *frame);

/* As wsgi_channel_next() where the whole header has come already, APR_EAGAIN where it has not. */
apr_status_t wsgi_channel_next_now(wsgi_channel *channel, wsgi_frame *frame);

/* Takes exactly `length` bytes. */
apr_status_t wsgi_channel_take(wsgi_channel *channel, void *to, size_t length);

/* Takes what is there, at least one byte and at most `limit`: *data points into the channel until its next use. */
apr_status_t wsgi_channel_some(wsgi_channel *channel, size_t limit, const char **data, size_t *length);

/* Whether bytes have been received that nobody took. */
int wsgi_channel_has_more(const wsgi_channel *channel);

/* The same, or whether some come within so many milliseconds. */
int wsgi_channel_gets_more(const wsgi_channel *channel, int milliseconds);

/* The descriptor that came along; the caller owns it. -1 if there is none. */
int wsgi_channel_take_descriptor(wsgi_channel *channel);

#endif
