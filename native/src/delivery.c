#include "delivery.h"


void wsgi_deliver_status(request_rec *r, int code, const char *status)
{
    r->status = code;
    r->status_line = apr_pstrdup(r->pool, status);
}


void wsgi_deliver_header(request_rec *r, const char *name, const char *value, int is_overridden)
{
    if (!strcasecmp(name, "WWW-Authenticate"))
        apr_table_add(r->err_headers_out, name, value);
    else if (is_overridden)
        return;
    else if (!strcasecmp(name, "Content-Type"))
        ap_set_content_type(r, apr_pstrdup(r->pool, value));
    /* The framing of the body is Apache's: a second opinion in the headers would corrupt the connection. */
    else if (strcasecmp(name, "Transfer-Encoding") && strcasecmp(name, "Content-Length"))
        apr_table_add(r->headers_out, name, value);
}


apr_bucket_brigade *wsgi_delivery_begin(request_rec *r)
{
    return apr_brigade_create(r->pool, r->connection->bucket_alloc);
}


apr_status_t wsgi_delivery_add_file(request_rec *r, apr_bucket_brigade *brigade, int descriptor, apr_off_t offset,
                                    apr_off_t length, int is_sendfile)
{
    apr_os_file_t number = descriptor;
    apr_file_t *borrowed;
    apr_file_t *file;
    apr_status_t status;

    /* Apache may send the file after its owner has closed it. */
    apr_os_file_put(&borrowed, &number, APR_FOPEN_READ | (is_sendfile ? APR_FOPEN_SENDFILE_ENABLED : 0), r->pool);
    status = apr_file_dup(&file, borrowed, r->pool);
    if (status == APR_SUCCESS && length) {
        apr_bucket *bucket = apr_brigade_insert_file(brigade, file, offset, length, r->pool);

        /* A file that shrinks while it is mapped would end the process with SIGBUS. */
        apr_bucket_file_enable_mmap(bucket, 0);
    }
    return status;
}


apr_status_t wsgi_delivery_pass(request_rec *r, apr_bucket_brigade *brigade, int is_end, int is_flushed, int is_short)
{
    apr_status_t status;

    if (is_short)
        r->connection->keepalive = AP_CONN_CLOSE;
    if (is_end)
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(brigade->bucket_alloc));
    else if (is_flushed)
        APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_flush_create(brigade->bucket_alloc));
    status = ap_pass_brigade(r->output_filters, brigade);
    apr_brigade_destroy(brigade);
    return r->connection->aborted ? APR_ECONNABORTED : status;
}


void wsgi_delivery_cut(request_rec *r)
{
    apr_bucket_brigade *brigade = wsgi_delivery_begin(r);

    r->connection->keepalive = AP_CONN_CLOSE;
    /* By this error the filter that writes chunks leaves out the last one. */
    APR_BRIGADE_INSERT_TAIL(brigade, ap_bucket_error_create(HTTP_BAD_GATEWAY, NULL, r->pool, brigade->bucket_alloc));
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(brigade->bucket_alloc));
    ap_pass_brigade(r->output_filters, brigade);
    apr_brigade_destroy(brigade);
}


/* Copies at most `limit` bytes from the brigade; the rest stays in it. */
static apr_status_t copy_brigade(apr_bucket_brigade *brigade, char *to, apr_size_t limit, apr_size_t *length, int *is_end)
{
    while (!APR_BRIGADE_EMPTY(brigade)) {
        apr_bucket *bucket = APR_BRIGADE_FIRST(brigade);
        const char *data;
        apr_size_t size;

        if (APR_BUCKET_IS_EOS(bucket)) {
            *is_end = 1;
            return APR_SUCCESS;
        }
        if (!APR_BUCKET_IS_METADATA(bucket)) {
            const apr_status_t status = apr_bucket_read(bucket, &data, &size, APR_BLOCK_READ);

            if (status != APR_SUCCESS)
                return status;
            if (size > limit - *length)
                return APR_EGENERAL;
            memcpy(to + *length, data, size);
            *length += size;
        }
        apr_bucket_delete(bucket);
    }
    return APR_SUCCESS;
}


apr_status_t wsgi_delivery_receive(request_rec *r, char *to, apr_size_t limit, apr_read_type_e how, apr_size_t *length,
                                   int *is_end)
{
    apr_bucket_brigade *brigade = wsgi_delivery_begin(r);
    apr_status_t status = ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES, how, limit);

    *length = 0;
    *is_end = 0;
    if (status == APR_SUCCESS)
        status = copy_brigade(brigade, to, limit, length, is_end);
    apr_brigade_destroy(brigade);
    /* After a failure, what is left of the body cannot be told from the next request. */
    if (status != APR_SUCCESS && !(how == APR_NONBLOCK_READ && APR_STATUS_IS_EAGAIN(status)))
        r->connection->keepalive = AP_CONN_CLOSE;
    return status;
}
