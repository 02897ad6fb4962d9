#include "embedded.h"

#include "application.h"
#include "delivery.h"
#include "exchange.h"
#include "headers.h"
#include "variables.h"

typedef struct {
    wsgi_exchange exchange;
    request_rec *r;
    int overridden;  /* the status that Apache answers with in place of the application; 0: none */
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


/* Gives status and headers to Apache. Returns 0 if Apache answers in place of the application, which goes on speaking to
 * nobody. */
static int deliver_head(wsgi_exchange *exchange, const wsgi_head *head)
{
    request_rec *r = request_of(exchange);
    const int is_overridden = exchange->settings->error_override && ap_is_HTTP_ERROR(head->code);
    Py_ssize_t i;

    if (is_overridden) {
        ((embedded_exchange *)exchange)->overridden = head->code;
        exchange->is_answered = 1;
    }
    else {
        wsgi_deliver_status(r, head->code, wsgi_text(head->status));
    }
    for (i = 0; i < PyTuple_GET_SIZE(head->headers); i++) {
        PyObject *header = PyTuple_GET_ITEM(head->headers, i);

        wsgi_deliver_header(r, wsgi_text(PyTuple_GET_ITEM(header, 0)), wsgi_text(PyTuple_GET_ITEM(header, 1)), is_overridden);
    }
    if (head->content_length >= 0 && !is_overridden)
        ap_set_content_length(r, head->content_length);
    return !is_overridden;
}


static apr_status_t send_blocks(wsgi_exchange *exchange, const wsgi_head *head, const struct iovec *blocks, int count,
                                wsgi_follows follows, int is_short)
{
    request_rec *r = request_of(exchange);
    apr_bucket_brigade *brigade;
    int i;

    if (head && !deliver_head(exchange, head))
        return APR_SUCCESS;
    brigade = wsgi_delivery_begin(r);
    for (i = 0; i < count; i++)
        if (blocks[i].iov_len)
            APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_transient_create(blocks[i].iov_base, blocks[i].iov_len,
                                                                         brigade->bucket_alloc));
    return wsgi_delivery_pass(r, brigade, follows != WSGI_MORE, 1, is_short);
}


static apr_status_t send_file(wsgi_exchange *exchange, const wsgi_head *head, const wsgi_file_part *part,
                              apr_off_t length, int is_short)
{
    request_rec *r = request_of(exchange);
    apr_bucket_brigade *brigade;
    apr_status_t status;

    if (!deliver_head(exchange, head))
        return APR_SUCCESS;
    brigade = wsgi_delivery_begin(r);
    status = wsgi_delivery_add_file(r, brigade, part->descriptor, part->offset, length, exchange->settings->enable_sendfile);
    if (status != APR_SUCCESS) {
        apr_brigade_destroy(brigade);
        return status;
    }
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


wsgi_exchange *wsgi_embedded_exchange(request_rec *r, const wsgi_settings *settings)
{
    embedded_exchange *embedded = apr_pcalloc(r->pool, sizeof(*embedded));

    embedded->r = r;
    embedded->exchange.methods = &methods;
    if (settings->pass_apache_request)
        embedded->exchange.apache_request = r;
    wsgi_variables_collect(r, settings, &embedded->exchange);
    return &embedded->exchange;
}


int wsgi_embedded_run(request_rec *r, const wsgi_settings *settings)
{
    wsgi_exchange *exchange = wsgi_embedded_exchange(r, settings);
    const int result = wsgi_application_run(exchange);
    const int overridden = ((const embedded_exchange *)exchange)->overridden;

    return result == OK && overridden ? overridden : result;
}
