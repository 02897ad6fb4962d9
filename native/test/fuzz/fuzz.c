/* Random bytes for what reads them from another process or from a client: fuzz SECONDS [SEED]. Built with sanitizers, which
 * end it at the first wrong access; properties that must hold are checked on top. Ends with 0 and one line of counts. */

#include "python_compat.h"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "apr_general.h"

#include "channel.h"
#include "headers.h"
#include "labels.h"
#include "request_frame.h"
#include "trusted.h"

static apr_uint64_t state;
static apr_pool_t *pool;
static server_rec server = {.server_hostname = "lab.example", .port = 8080};


/* xorshift64 */
static apr_uint64_t draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}


static size_t below(size_t limit)
{
    return limit ? draw() % limit : 0;
}


static void fail(const char *what)
{
    fprintf(stderr, "fuzz: %s\n", what);
    abort();
}


/* Mostly the characters that mean something somewhere. */
static char draw_character(int is_binary)
{
    static const char telling[] = "/:;,.%{}|=\"'\\ \t\r\n-_aAzZ09";

    return below(4) && !(is_binary && below(2)) ? telling[below(sizeof(telling) - 1)] : (char)(1 + below(255));
}


static char *draw_text(size_t limit)
{
    const size_t length = below(4) ? below(12) : below(limit);
    char *text = apr_palloc(pool, length + 1);
    size_t i;

    for (i = 0; i < length; i++)
        text[i] = draw_character(0);
    text[length] = '\0';
    return text;
}


/* A copy that ends where the sanitizer notices; the caller frees it. */
static char *mutate(const void *data, size_t *length)
{
    const size_t shorter = below(3) ? *length : below(*length + 1);
    char *copy = malloc(shorter ? shorter : 1);
    int times = (int)below(6);

    if (shorter)
        memcpy(copy, data, shorter);
    *length = shorter;
    while (shorter && times--) {
        const size_t at = below(shorter);

        switch (below(4)) {
        case 0:
            copy[at] ^= (char)(1 << below(8));
            break;
        case 1:
            copy[at] = (char)draw();
            break;
        case 2:
            memset(copy + at, below(2) ? 0xff : 0, below(shorter - at < 9 ? shorter - at + 1 : 9));
            break;
        default:
            memmove(copy + at, copy + below(shorter - (shorter - at < 8 ? shorter - at : 8) + 1),
                    shorter - at < 8 ? shorter - at : 8 < shorter ? 8 : shorter);
            break;
        }
    }
    return copy;
}


static request_rec *new_request(void)
{
    request_rec *r = apr_pcalloc(pool, sizeof(*r));

    r->pool = pool;
    r->server = &server;
    r->headers_out = apr_table_make(pool, 4);
    r->notes = apr_table_make(pool, 2);
    r->subprocess_env = apr_table_make(pool, 4);
    r->uri = apr_pstrcat(pool, "/", draw_text(200), NULL);
    r->path_info = r->uri + below(strlen(r->uri) + 1);
    r->hostname = below(3) ? draw_text(60) : NULL;
    r->useragent_ip = "127.0.0.1";
    return r;
}


static void fuzz_request_head(void)
{
    wsgi_settings settings = {.application_group = draw_text(50), .callable_object = draw_text(20),
                              .request_handler = draw_text(20), .handler_script = draw_text(20)};
    apr_table_t *variables = apr_table_make(pool, 8);
    wsgi_request_origin origin = {(int)below(4), draw_text(30)};
    wsgi_exchange sent = {.pool = pool, .settings = &settings, .script = draw_text(100), .script_name = draw_text(100),
                          .path_info = draw_text(100), .url_scheme = "http", .listener_host = draw_text(20),
                          .request_id = draw_text(20), .connection_id = below(2) ? draw_text(20) : NULL};
    wsgi_exchange received = {0};
    struct iovec encoded;
    size_t length;
    size_t i;
    char *copy;

    for (i = below(20); i; i--)
        apr_table_addn(variables, draw_text(30), draw_text(300));
    sent.variables = apr_table_elts(variables);
    encoded = wsgi_request_encode(&sent, &origin);
    length = encoded.iov_len;
    copy = malloc(length);
    memcpy(copy, encoded.iov_base, length);
    if (!wsgi_request_decode(copy, length, pool, &received, &origin) || strcmp(received.script, sent.script) ||
        received.variables->nelts != sent.variables->nelts)
        fail("a request head does not survive the way there");
    free(copy);
    length = encoded.iov_len;
    copy = mutate(encoded.iov_base, &length);
    wsgi_request_decode(copy, length, pool, &received, &origin);
    free(copy);
}


/* A list of headers as start_response() gets it. */
static PyObject *draw_headers(void)
{
    PyObject *list = PyList_New(0);
    size_t i;

    for (i = below(6); i; i--) {
        const char *name = below(2) ? "X-Name" : draw_text(20);
        const char *value = draw_text(60);
        PyObject *pair = PyTuple_Pack(2, PyUnicode_DecodeLatin1(name, strlen(name), NULL),
                                      PyUnicode_DecodeLatin1(value, strlen(value), NULL));

        Py_DECREF(PyTuple_GET_ITEM(pair, 0));
        Py_DECREF(PyTuple_GET_ITEM(pair, 1));
        PyList_Append(list, pair);
        Py_DECREF(pair);
    }
    return list;
}


static void check_header(PyObject *pair)
{
    const char *name = wsgi_text(PyTuple_GET_ITEM(pair, 0));
    const char *value = wsgi_text(PyTuple_GET_ITEM(pair, 1));

    if (!*name || strpbrk(name, ": \t\r\n\"(),/;<=>?@[]{}\\") || strpbrk(value, "\r\n"))
        fail("a header was let through that is none");
}


static void fuzz_response_head(void)
{
    PyObject *list = draw_headers();
    PyObject *status = PyUnicode_FromString(below(2) ? "200 OK" : "404 Not Found");
    wsgi_head head = {.code = 200, .status = status};
    Py_ssize_t i;

    head.headers = wsgi_headers_check(list, &head.content_length);
    PyErr_Clear();
    if (head.headers) {
        struct iovec encoded = wsgi_response_encode(&head, (apr_off_t)below(1000));
        size_t length = encoded.iov_len;
        char *copy;
        int code;

        for (i = 0; i < PyTuple_GET_SIZE(head.headers); i++)
            check_header(PyTuple_GET_ITEM(head.headers, i));
        copy = malloc(length);
        memcpy(copy, encoded.iov_base, length);
        if (wsgi_response_decode(copy, length, new_request(), 0, 0, &code) != WSGI_HEAD_GIVEN)
            fail("a response head does not survive the way back");
        free(copy);
        copy = mutate(encoded.iov_base, &length);
        wsgi_response_decode(copy, length, new_request(), (int)below(2), below(2) * 100, &code);
        free(copy);
        free(encoded.iov_base);
    }
    Py_XDECREF(head.headers);
    Py_DECREF(status);
    Py_DECREF(list);
}


static void fuzz_status(void)
{
    const char *text = below(2) ? draw_text(20) : apr_psprintf(pool, "%d%s", (int)below(1200), draw_text(10));
    PyObject *status = PyUnicode_DecodeLatin1(text, strlen(text), NULL);
    const int code = wsgi_status_check(status);

    if (code >= 0 && (code < 100 || code > 999 || strpbrk(text, "\r\n")))
        fail("a status was let through that is none");
    PyErr_Clear();
    Py_DECREF(status);
}


/* Frames with any lengths and types, cut anywhere, read as a process does that does not know what comes. */
static void fuzz_channel(void)
{
    static wsgi_channel channel;
    char bytes[600];
    size_t length = 0;
    wsgi_frame frame;
    int ends[2];
    int reads = 50;

    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        fail("no sockets");
    while (length + sizeof(frame) + 32 < sizeof(bytes) && below(12)) {
        frame = (wsgi_frame){(apr_uint32_t)(below(4) ? below(32) : draw()), (apr_uint16_t)below(14), (apr_uint16_t)below(64)};
        memcpy(bytes + length, &frame, sizeof(frame));
        length += sizeof(frame) + below(32);
    }
    length = below(length + 1);
    if (write(ends[1], bytes, length) < 0)
        fail("a socket that takes nothing");
    close(ends[1]);
    wsgi_channel_init(&channel, ends[0]);
    while (reads-- && (below(2) ? wsgi_channel_next(&channel, &frame) : wsgi_channel_next_now(&channel, &frame)) == APR_SUCCESS) {
        const size_t most = frame.length < 4096 ? frame.length : 4096;
        char *to = malloc(most + 1);
        const char *data;

        if (below(2))
            wsgi_channel_take(&channel, to, most);
        else if (most && wsgi_channel_some(&channel, most, &data, &length) == APR_SUCCESS)
            memcpy(to, data, length);
        free(to);
    }
    wsgi_channel_close(&channel);
}


static void fuzz_labels(void)
{
    static const char *const labels[] = {"%{GLOBAL}", "%{SERVER}", "%{HOST}", "%{RESOURCE}", "%{ENV:x}", "%{ENV:", "%{ENV:}", "%{"};
    request_rec *r = new_request();
    const char *name = below(2) ? labels[below(8)] : draw_text(40);

    apr_table_setn(r->subprocess_env, "x", draw_text(60));
    if (!wsgi_expand_group(r, name) || !wsgi_expand_callable(r, name) || !wsgi_script_name(r))
        fail("a label that leads to nothing");
    wsgi_fixed_group(name);
}


static void fuzz_trusted(void)
{
    static const char *const names[] = {"X-Forwarded-For", "X-Real-IP", "X-Forwarded-Proto", "X-Script-Name", "X-Forwarded-Port"};
    apr_array_header_t *headers = apr_array_make(pool, 4, sizeof(const char *));
    apr_array_header_t *proxies = apr_array_make(pool, 2, sizeof(apr_ipsubnet_t *));
    wsgi_directory_config config = {.trusted_headers = headers, .trusted_proxies = below(2) ? proxies : NULL};
    apr_ipsubnet_t *subnet = wsgi_trusted_subnet(pool, below(2) ? "127.0.0.0/8" : draw_text(30));
    apr_table_t *variables = apr_table_make(pool, 8);
    request_rec *r = new_request();
    size_t i;

    if (subnet)
        APR_ARRAY_PUSH(proxies, apr_ipsubnet_t *) = subnet;
    apr_table_setn(variables, "SCRIPT_NAME", draw_text(60));
    apr_table_setn(variables, "PATH_INFO", draw_text(60));
    for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
        APR_ARRAY_PUSH(headers, const char *) = wsgi_trusted_variable(names[i]);
        if (below(3))
            apr_table_setn(variables, wsgi_trusted_variable(names[i]), below(2) ? draw_text(80) : "127.0.0.1, 10.1.1.1,, ::1");
    }
    wsgi_trusted_apply(r, &config, variables);
    if (!apr_table_get(variables, "SCRIPT_NAME") || !apr_table_get(variables, "PATH_INFO"))
        fail("a header took the path of the request away");
}


int main(int count, char **arguments)
{
    static void (*const targets[])(void) = {fuzz_request_head, fuzz_response_head, fuzz_status, fuzz_channel, fuzz_labels,
                                            fuzz_trusted};
    const int seconds = count > 1 ? atoi(arguments[1]) : 1;
    long rounds = 0;
    apr_time_t end;

    signal(SIGPIPE, SIG_IGN);
    state = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    if (!state)
        fail("the seed must not be 0");
    apr_initialize();
    Py_InitializeEx(0);
    apr_pool_create(&pool, NULL);
    end = apr_time_now() + apr_time_from_sec(seconds);
    while (apr_time_now() < end) {
        targets[below(sizeof(targets) / sizeof(*targets))]();
        rounds++;
        apr_pool_clear(pool);
    }
    printf("%ld inputs\n", rounds);
    return 0;
}
