/* One HTTP request and its response as the Python side has them: the facts of the request, where its body comes from and
 * where the response goes. embedded.c implements it over Apache's filters, daemon_exchange.c over the channel to Apache.
 * All methods are called without the GIL, by one thread at a time. */

#ifndef WSGI_EXCHANGE_H
#define WSGI_EXCHANGE_H

#include "python_compat.h"

#include <sys/uio.h>

#include "apache.h"
#include "config.h"
#include "file_wrapper.h"

typedef struct wsgi_exchange wsgi_exchange;

/* What start_response() was given, checked (see headers.h). `status` and the items of `headers` are read without the
 * GIL: a str and a tuple do not change. */
typedef struct {
    int code;
    PyObject *status;
    PyObject *headers;
    apr_off_t content_length;  /* what the application promised, -1 if nothing */
} wsgi_head;

/* What one call for body bytes brought. */
typedef struct {
    apr_status_t status;
    int is_end;
    apr_size_t length;
} wsgi_received;

/* What follows a part of the response. */
typedef enum {
    WSGI_MORE,   /* more of it, later */
    WSGI_END,    /* nothing; but the application still has a close() to run */
    WSGI_DONE    /* nothing, and the application has returned */
} wsgi_follows;

typedef struct {
    /* Up to `limit` bytes of the body; waits for the first with APR_BLOCK_READ. */
    wsgi_received (*receive)(wsgi_exchange *exchange, char *to, apr_size_t limit, apr_read_type_e how);

    /* A part of the response. `head` is NULL but for the first part. With `is_short` the end of the body comes before
     * what its Content-Length promised: the client must not wait for the rest. */
    apr_status_t (*send)(wsgi_exchange *exchange, const wsgi_head *head, const struct iovec *blocks, int count,
                         wsgi_follows follows, int is_short);

    /* The whole response: `length` bytes of a file. */
    apr_status_t (*send_file)(wsgi_exchange *exchange, const wsgi_head *head, const wsgi_file_part *part,
                              apr_off_t length, int is_short);

    /* Makes the client see that the response it has begun to receive is not whole. */
    void (*cut)(wsgi_exchange *exchange);

    /* Writes one record to the error log of the request. */
    void (*log)(const wsgi_exchange *exchange, int level, const char *text);
} wsgi_exchange_methods;

struct wsgi_exchange {
    const wsgi_exchange_methods *methods;
    apr_pool_t *pool;
    const wsgi_settings *settings;
    const char *script;
    void *apache_request;                /* the request_rec for the environ, NULL: not in it */
    apr_time_t modified;                 /* of the script's file, as Apache saw it */
    const apr_array_header_t *variables; /* of apr_table_entry_t: the CGI variables */
    const char *script_name;
    const char *path_info;
    const char *url_scheme;
    const char *listener_host;
    int listener_port;
    const char *request_id;
    const char *connection_id;           /* NULL if there is none */
    int server_pid;                      /* of the Apache process that has the client */
    apr_time_t request_start;
    apr_time_t queue_start;              /* 0 in embedded mode, as the next */
    apr_time_t daemon_start;
    apr_off_t body_length;               /* what the client announced, 0 if nothing: a hint only */
    int header_only;                     /* HEAD: the body stays here */
    int is_answered;                     /* Apache has answered the client itself, because of a bad body */
};

#endif
