/* Between Apache's filters and whoever has the response: used by embedded.c, and by remote.c for daemon processes. */

#ifndef WSGI_DELIVERY_H
#define WSGI_DELIVERY_H

#include "apache.h"

/* Gives status and headers to Apache, one by one. Both are checked; the text is copied. With `is_overridden` Apache
 * answers with a page of its own, for which only WWW-Authenticate counts. */
void wsgi_deliver_status(request_rec *r, int code, const char *status);
void wsgi_deliver_header(request_rec *r, const char *name, const char *value, int is_overridden);

apr_bucket_brigade *wsgi_delivery_begin(request_rec *r);

/* Adds `length` bytes of a descriptor, which is duplicated. With `is_sendfile` the system may send them itself. */
apr_status_t wsgi_delivery_add_file(request_rec *r, apr_bucket_brigade *brigade, int descriptor, apr_off_t offset,
                                    apr_off_t length, int is_sendfile);

/* Passes the brigade on, and destroys it. With `is_end` nothing follows; otherwise `is_flushed` says whether the client
 * gets it at once. With `is_short` the connection ends with the response. */
apr_status_t wsgi_delivery_pass(request_rec *r, apr_bucket_brigade *brigade, int is_end, int is_flushed, int is_short);

/* The response has begun and will not be whole: no last chunk, and the connection ends. */
void wsgi_delivery_cut(request_rec *r);

/* Body bytes from Apache: at most `limit`. *is_end tells whether the body is at its end. Asking also makes Apache send
 * "100 Continue" the first time. */
apr_status_t wsgi_delivery_receive(request_rec *r, char *to, apr_size_t limit, apr_read_type_e how, apr_size_t *length,
                                   int *is_end);

#endif
