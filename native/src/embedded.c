#include "embedded.h"

#include "application.h"
#include "delivery.h"
#include "exchange.h"
#include "headers.h"
#include "variables.h"

typedef struct {
    wsgi_exchange exchange;
    request_rec *r;
} embedded_exchange;


static request_rec *request_of(const wsgi_exchange *exchange)
{
    return ((const embedded_exchange *)exchange)->r;
}


static wsgi_received receive(wsgi_exchange *exchange, char *to, apr_size_t limit, apr_read_type_e how)
{
    wsgi_received received;

    received.status = wsgi_delivery_receive(request_of(exchange), to, limit, how, &received.length, &received.is_end);
    /* By this status Apache's filter says that it has refused the body and told the client so already. */
    if (received.status == AP_FILTER_ERROR)
        exchange->is_answered = 1;
    return received;
}


static void deliver_head(request_rec *r, const wsgi_head *head)
{
    Py_ssize_t i;

    wsgi_deliver_status(r, head->code, wsgi_text(head->status));
    for (i = 0; i < PyTuple_GET_SIZE(head->headers); i++) {
        PyObject *header = PyTuple_GET_ITEM(head->headers, i);

        wsgi_deliver_header(r, wsgi_text(PyTuple_GET_ITEM(header, 0)), wsgi_text(PyTuple_GET_ITEM(header, 1)));
    }
    if (head->content_length >= 0)
        ap_set_content_length(r, head->content_length);
}


static apr_status_t send_blocks(wsgi_exchange *exchange, const wsgi_head *head, const struct iovec *blocks, int count,
                                wsgi_follows follows, int is_short)
{
    request_rec *r = request_of(exchange);
    apr_bucket_brigade *brigade = wsgi_delivery_begin(r);
    int i;

    for (i = 0; i < count; i++)
        if (blocks[i].iov_len)
            APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_transient_create(blocks[i].iov_base, blocks[i].iov_len,
                                                                         brigade->bucket_alloc));
    if (head)
        deliver_head(r, head);
    return wsgi_delivery_pass(r, brigade, follows != WSGI_MORE, 1, is_short);
}


static apr_status_t send_file(wsgi_exchange *exchange, const wsgi_head *head, const wsgi_file_part *part,
                              apr_off_t length, int is_short)
{
    request_rec *r = request_of(exchange);
    apr_bucket_brigade *brigade = wsgi_delivery_begin(r);
    const apr_status_t status = wsgi_delivery_add_file(r, brigade, part->descriptor, part->offset, length);

    if (status != APR_SUCCESS) {
        apr_brigade_destroy(brigade);
        return status;
    }
    deliver_head(r, head);
    return wsgi_delivery_pass(r, brigade, 1, 1, is_short);
}


static void cut(wsgi_exchange *exchange)
{
    wsgi_delivery_cut(request_of(exchange));
}


static void log_record(const wsgi_exchange *exchange, int level, const char *text)
{
    ap_log_rerror(APLOG_MARK, level, 0, request_of(exchange), "%s", text);
}


static const wsgi_exchange_methods methods = {receive, send_blocks, send_file, cut, log_record};


int wsgi_embedded_run(request_rec *r, const wsgi_settings *settings)
{
    embedded_exchange embedded = {.r = r};

    wsgi_variables_collect(r, settings, &embedded.exchange);
    embedded.exchange.methods = &methods;
    return wsgi_application_run(&embedded.exchange);
}
