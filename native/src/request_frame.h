/* The request as it travels to a daemon process, and the head of its response as it travels back. */

#ifndef WSGI_REQUEST_FRAME_H
#define WSGI_REQUEST_FRAME_H

#include "exchange.h"

/* What a daemon process knows of a request besides its exchange. */
typedef struct {
    int server_index;    /* of the virtual host, among all of the configuration */
    const char *client;  /* address:port, for the log */
} wsgi_request_origin;

/* The bytes of a request, allocated from the exchange's pool. */
struct iovec wsgi_request_encode(const wsgi_exchange *exchange, const wsgi_request_origin *origin);

/* Reads them: text stays where it is in `data`. Settings are allocated from `pool`. Returns 0 if the bytes are no
 * request. */
int wsgi_request_decode(char *data, size_t length, apr_pool_t *pool, wsgi_exchange *exchange,
                        wsgi_request_origin *origin);

/* The head of a response. `total` is the length of the whole body if it is known, else -1. The caller frees the bytes;
 * their base is NULL if there is no memory. Needs no GIL. */
struct iovec wsgi_response_encode(const wsgi_head *head, apr_off_t total);

/* What became of a response's head. */
typedef enum {
    WSGI_HEAD_GIVEN,       /* Apache has it */
    WSGI_HEAD_OVERRIDDEN,  /* it is an error's, and Apache shall answer with a page of its own */
    WSGI_HEAD_TOO_LONG,    /* a header is longer than `longest` */
    WSGI_HEAD_MALFORMED    /* the bytes are no head */
} wsgi_head_result;

/* Reads a head and gives it to Apache. With `may_override` an error's *code is told instead; with `longest` that is the
 * most bytes that one header may take. */
wsgi_head_result wsgi_response_decode(char *data, size_t length, request_rec *r, int may_override, size_t longest, int *code);

#endif
