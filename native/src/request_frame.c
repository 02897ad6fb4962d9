#include "request_frame.h"

#include "channel.h"
#include "delivery.h"
#include "headers.h"

/* Numbers first, then texts: each its length (apr_uint32_t), its bytes and a zero. */

typedef struct {
    apr_int64_t modified;
    apr_int64_t request_start;
    apr_int64_t queue_start;
    apr_int64_t body_length;
    apr_int32_t server_index;
    apr_int32_t listener_port;
    apr_int32_t server_pid;
    apr_int32_t header_only;
    apr_int32_t script_reloading;
    apr_int32_t is_group_fixed;
    apr_int32_t ignore_activity;
    apr_int32_t has_connection_id;
    apr_uint32_t variables;
} request_numbers;

typedef struct {
    apr_int64_t content_length;
    apr_int64_t total;
    apr_int32_t code;
    apr_uint32_t headers;
} response_numbers;


static size_t text_size(const char *text)
{
    return sizeof(apr_uint32_t) + strlen(text) + 1;
}


static char *put_text(char *at, const char *text)
{
    const apr_uint32_t length = (apr_uint32_t)strlen(text);

    memcpy(at, &length, sizeof(length));
    memcpy(at + sizeof(length), text, length + 1);
    return at + sizeof(length) + length + 1;
}


/* What is left to be read; `at` is NULL once something did not fit. */
typedef struct {
    char *at;
    const char *end;
} reader;


static const char *get_text(reader *from)
{
    apr_uint32_t length;
    const char *text;

    if (!from->at || (size_t)(from->end - from->at) < sizeof(length)) {
        from->at = NULL;
        return "";
    }
    memcpy(&length, from->at, sizeof(length));
    text = from->at + sizeof(length);
    if ((size_t)(from->end - text) <= length || text[length] || strlen(text) != length) {
        from->at = NULL;
        return "";
    }
    from->at += sizeof(length) + length + 1;
    return text;
}


static int is_sent(const apr_table_entry_t *entry)
{
    return entry->key && entry->val;
}


struct iovec wsgi_request_encode(const wsgi_exchange *exchange, const wsgi_request_origin *origin)
{
    const char *const texts[] = {exchange->script,        exchange->script_name,
                                 exchange->path_info,     exchange->url_scheme,
                                 exchange->listener_host, exchange->request_id,
                                 exchange->connection_id ? exchange->connection_id : "",
                                 origin->client,          exchange->settings->application_group,
                                 exchange->settings->callable_object,
                                 exchange->settings->request_handler,
                                 exchange->settings->handler_script};
    request_numbers numbers = {
        .modified = exchange->modified,
        .request_start = exchange->request_start,
        .queue_start = exchange->queue_start,
        .body_length = exchange->body_length,
        .server_index = origin->server_index,
        .listener_port = exchange->listener_port,
        .server_pid = exchange->server_pid,
        .header_only = exchange->header_only,
        .script_reloading = exchange->settings->script_reloading,
        .is_group_fixed = exchange->settings->is_group_fixed,
        .ignore_activity = exchange->settings->ignore_activity,
        .has_connection_id = exchange->connection_id != NULL,
    };
    const apr_table_entry_t *entries = (const apr_table_entry_t *)exchange->variables->elts;
    struct iovec encoded = {NULL, sizeof(numbers)};
    size_t i;
    int j;
    char *at;

    for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        encoded.iov_len += text_size(texts[i]);
    for (j = 0; j < exchange->variables->nelts; j++)
        if (is_sent(&entries[j])) {
            encoded.iov_len += text_size(entries[j].key) + text_size(entries[j].val);
            numbers.variables++;
        }
    encoded.iov_base = at = apr_palloc(exchange->pool, encoded.iov_len);
    memcpy(at, &numbers, sizeof(numbers));
    at += sizeof(numbers);
    for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        at = put_text(at, texts[i]);
    for (j = 0; j < exchange->variables->nelts; j++)
        if (is_sent(&entries[j]))
            at = put_text(put_text(at, entries[j].key), entries[j].val);
    return encoded;
}


int wsgi_request_decode(char *data, size_t length, apr_pool_t *pool, wsgi_exchange *exchange,
                        wsgi_request_origin *origin)
{
    wsgi_settings *settings = apr_pcalloc(pool, sizeof(*settings));
    apr_array_header_t *variables;
    request_numbers numbers;
    reader from;
    apr_uint32_t i;

    if (length < sizeof(numbers))
        return 0;
    memcpy(&numbers, data, sizeof(numbers));
    from.at = data + sizeof(numbers);
    from.end = data + length;
    exchange->pool = pool;
    exchange->settings = settings;
    exchange->modified = numbers.modified;
    exchange->request_start = numbers.request_start;
    exchange->queue_start = numbers.queue_start;
    exchange->body_length = numbers.body_length;
    exchange->listener_port = numbers.listener_port;
    exchange->server_pid = numbers.server_pid;
    exchange->header_only = numbers.header_only;
    origin->server_index = numbers.server_index;
    exchange->script = get_text(&from);
    exchange->script_name = get_text(&from);
    exchange->path_info = get_text(&from);
    exchange->url_scheme = get_text(&from);
    exchange->listener_host = get_text(&from);
    exchange->request_id = get_text(&from);
    exchange->connection_id = get_text(&from);
    if (!numbers.has_connection_id)
        exchange->connection_id = NULL;
    origin->client = get_text(&from);
    settings->application_group = get_text(&from);
    settings->callable_object = get_text(&from);
    settings->request_handler = get_text(&from);
    settings->handler_script = get_text(&from);
    settings->script_reloading = numbers.script_reloading;
    settings->is_group_fixed = numbers.is_group_fixed;
    settings->ignore_activity = numbers.ignore_activity;
    /* Each takes its two lengths and two zeros at least. */
    if (!from.at || numbers.variables > (size_t)(from.end - from.at) / (2 * sizeof(apr_uint32_t) + 2))
        return 0;
    exchange->variables = variables = apr_array_make(pool, (int)numbers.variables + 1, sizeof(apr_table_entry_t));
    for (i = 0; i < numbers.variables && from.at; i++) {
        apr_table_entry_t *entry = apr_array_push(variables);

        entry->key = (char *)get_text(&from);
        entry->val = (char *)get_text(&from);
        entry->key_checksum = 0;
    }
    return from.at == from.end;
}


struct iovec wsgi_response_encode(const wsgi_head *head, apr_off_t total)
{
    response_numbers numbers = {head->content_length, total, head->code, 0};
    struct iovec encoded = {NULL, sizeof(numbers) + text_size(wsgi_text(head->status))};
    Py_ssize_t i;
    char *at;

    numbers.headers = (apr_uint32_t)PyTuple_GET_SIZE(head->headers);
    for (i = 0; i < PyTuple_GET_SIZE(head->headers); i++) {
        PyObject *header = PyTuple_GET_ITEM(head->headers, i);

        encoded.iov_len += text_size(wsgi_text(PyTuple_GET_ITEM(header, 0))) + text_size(wsgi_text(PyTuple_GET_ITEM(header, 1)));
    }
    if (encoded.iov_len > WSGI_HEAD_LIMIT)
        return encoded;
    encoded.iov_base = at = malloc(encoded.iov_len);
    if (!at)
        return encoded;
    memcpy(at, &numbers, sizeof(numbers));
    at = put_text(at + sizeof(numbers), wsgi_text(head->status));
    for (i = 0; i < PyTuple_GET_SIZE(head->headers); i++) {
        PyObject *header = PyTuple_GET_ITEM(head->headers, i);

        at = put_text(at, wsgi_text(PyTuple_GET_ITEM(header, 0)));
        at = put_text(at, wsgi_text(PyTuple_GET_ITEM(header, 1)));
    }
    return encoded;
}


wsgi_head_result wsgi_response_decode(char *data, size_t length, request_rec *r, int may_override, size_t longest, int *code)
{
    response_numbers numbers;
    reader from;
    const char *status;
    int is_overridden;
    apr_uint32_t i;

    if (length < sizeof(numbers))
        return WSGI_HEAD_MALFORMED;
    memcpy(&numbers, data, sizeof(numbers));
    from.at = data + sizeof(numbers);
    from.end = data + length;
    status = get_text(&from);
    if (!from.at || numbers.code < 200 || numbers.code > 999)
        return WSGI_HEAD_MALFORMED;
    *code = numbers.code;
    is_overridden = may_override && ap_is_HTTP_ERROR(numbers.code);
    if (!is_overridden)
        wsgi_deliver_status(r, numbers.code, status);
    for (i = 0; i < numbers.headers; i++) {
        const char *name = get_text(&from);
        const char *value = get_text(&from);

        if (!from.at)
            return WSGI_HEAD_MALFORMED;
        if (longest && strlen(name) + strlen(value) + strlen(": ") > longest)
            return WSGI_HEAD_TOO_LONG;
        wsgi_deliver_header(r, name, value, is_overridden);
    }
    if (from.at != from.end)
        return WSGI_HEAD_MALFORMED;
    if (is_overridden)
        return WSGI_HEAD_OVERRIDDEN;
    if (numbers.content_length >= 0)
        ap_set_content_length(r, numbers.content_length);
    /* Apache finds the length itself only where all of the body comes in one piece. */
    else if (numbers.total > 0 && !AP_STATUS_IS_HEADER_ONLY(numbers.code))
        ap_set_content_length(r, numbers.total);
    return WSGI_HEAD_GIVEN;
}
