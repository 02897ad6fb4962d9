#include "response.h"

#include "apr_atomic.h"

#include "events.h"
#include "file_wrapper.h"
#include "headers.h"
#include "interpreter.h"
#include "log.h"

typedef struct response_object {
    PyObject_HEAD
    wsgi_request *request;
    int code;
    PyObject *status;  /* str; NULL until start_response() */
    PyObject *headers; /* tuple of checked headers */
    apr_off_t content_length; /* what the application promised, -1 if nothing */
    apr_off_t sent;
    int headers_sent;
    int has_ended;     /* the exchange has the end of the body */
    PyObject *late;    /* a tuple of bytes that are sent when the GIL is gone, or NULL */
    struct response_object *next;  /* of those sent so, and not yet let go of */
} response_object;

static const char client_gone[] = "mod_wsgi client connection closed";


static int check_exc_info(PyObject *exc_info)
{
    if (exc_info == Py_None || (PyTuple_Check(exc_info) && PyTuple_GET_SIZE(exc_info) == 3))
        return 0;
    PyErr_SetString(PyExc_RuntimeError, "start_response() argument 'exc_info' must be a 3-tuple or None");
    return -1;
}


/* The response has begun: all that is left is to raise what the application caught. */
static PyObject *start_again(PyObject *exc_info)
{
    PyObject *value = exc_info == Py_None ? Py_None : PyTuple_GET_ITEM(exc_info, 1);

    /* sys.exc_info() outside of an except clause is three times None. */
    if (!PyExceptionInstance_Check(value)) {
        PyErr_SetString(PyExc_RuntimeError, "start_response() called more than once without exc_info");
        return NULL;
    }
    if (PyTraceBack_Check(PyTuple_GET_ITEM(exc_info, 2)))
        PyException_SetTraceback(value, PyTuple_GET_ITEM(exc_info, 2));
    PyErr_SetObject((PyObject *)Py_TYPE(value), value);
    return NULL;
}


static PyObject *response_start(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    response_object *self = (response_object *)object;
    PyObject *exc_info = count == 3 ? args[2] : Py_None;
    apr_off_t content_length;
    PyObject *headers;
    int code;

    if (self->request->is_over) {
        PyErr_SetString(PyExc_RuntimeError, "start_response() called after request completed");
        return NULL;
    }
    if (count < 2 || count > 3) {
        PyErr_Format(PyExc_TypeError, "start_response() takes 2 or 3 positional arguments (%zd given)", count);
        return NULL;
    }
    if (check_exc_info(exc_info) < 0)
        return NULL;
    if (self->headers_sent)
        return start_again(exc_info);
    code = wsgi_status_check(args[0]);
    if (code < 0)
        return NULL;
    headers = wsgi_headers_check(args[1], &content_length);
    if (!headers)
        return NULL;

    self->code = code;
    self->content_length = content_length;
    Py_INCREF(args[0]);
    Py_XSETREF(self->status, args[0]);
    Py_XSETREF(self->headers, headers);
    if (wsgi_events_are_heard(self->request->interpreter))
        wsgi_event_response_started(self->request, args[0], args[1], exc_info);
    return PyObject_GetAttrString(object, "write");
}


/* Bytes beyond a promised Content-Length would be taken for the next response: they are left out. */
static apr_size_t allowed(const response_object *self, apr_size_t length)
{
    const apr_off_t room = self->content_length - self->sent;

    return self->content_length >= 0 && (apr_off_t)length > room ? (apr_size_t)room : length;
}


static int has_body(const response_object *self, const wsgi_exchange *exchange)
{
    return !exchange->header_only && !AP_STATUS_IS_HEADER_ONLY(self->code);
}


/* With the end of the body: whether the client was promised more. */
static int is_short(const response_object *self, const wsgi_exchange *exchange)
{
    if (self->content_length <= self->sent || !has_body(self, exchange))
        return 0;
    wsgi_log(exchange, APLOG_DEBUG,
             "Content length mismatch, expected %" APR_OFF_T_FMT ", response generated %" APR_OFF_T_FMT ".",
             self->content_length, self->sent);
    return 1;
}


/* What the first part of the response begins with, NULL for the others. */
static const wsgi_head *head_for(response_object *self, wsgi_head *head)
{
    if (self->headers_sent)
        return NULL;
    self->headers_sent = 1;
    head->code = self->code;
    head->status = self->status;
    head->headers = self->headers;
    head->content_length = self->content_length;
    return head;
}


/* How many blocks are described on the stack; a list may have more of them. */
#define FEW_BLOCKS 16

/* In the exchange, without the GIL. */
static apr_status_t pass_blocks(response_object *self, wsgi_exchange *exchange, PyObject *const *blocks, Py_ssize_t count,
                                wsgi_follows follows)
{
    struct iovec few[FEW_BLOCKS];
    struct iovec *parts = count <= FEW_BLOCKS ? few : malloc(count * sizeof(*parts));
    wsgi_head head;
    apr_status_t status;
    Py_ssize_t i;

    if (!parts)
        return APR_ENOMEM;
    for (i = 0; i < count; i++) {
        parts[i].iov_base = PyBytes_AS_STRING(blocks[i]);
        parts[i].iov_len = allowed(self, PyBytes_GET_SIZE(blocks[i]));
        self->sent += parts[i].iov_len;
        self->request->output_length += parts[i].iov_len;
    }
    self->request->output_writes += count != 0;
    self->has_ended = follows != WSGI_MORE;
    status = exchange->methods->send(exchange, head_for(self, &head), parts, (int)count, follows,
                                     self->has_ended && is_short(self, exchange));
    if (parts != few)
        free(parts);
    return status;
}


/* Sends blocks of bytes. Where nothing follows, the length of the whole can be told. */
static wsgi_outcome send_blocks(response_object *self, PyObject *const *blocks, Py_ssize_t count,
                                wsgi_follows follows)
{
    apr_status_t status = APR_SUCCESS;
    PyThreadState *saved;
    wsgi_exchange *exchange;

    if (self->request->is_over) {
        PyErr_SetString(PyExc_RuntimeError, "write() called after request completed");
        return WSGI_FAILED;
    }
    if (!self->status) {
        PyErr_SetString(PyExc_RuntimeError, "start_response() must be called before response content is produced");
        return WSGI_FAILED;
    }

    exchange = wsgi_request_enter(self->request, &saved);
    if (exchange && !self->has_ended && !exchange->is_answered) {
        const apr_time_t begun = self->request->is_measured ? apr_time_now() : 0;

        status = pass_blocks(self, exchange, blocks, count, follows);
        if (begun)
            self->request->output_time += apr_time_now() - begun;
    }
    wsgi_request_leave(self->request, saved);

    if (status == APR_SUCCESS)
        return WSGI_SENT;
    if (status == APR_ECONNABORTED) {
        PyErr_SetString(PyExc_OSError, client_gone);
    }
    else {
        char reason[256];

        PyErr_Format(PyExc_OSError, "mod_wsgi failed to write response data: %s",
                     apr_strerror(status, reason, sizeof(reason)));
    }
    return WSGI_CLIENT_GONE;
}


static PyObject *response_write(PyObject *object, PyObject *data)
{
    if (!PyBytes_Check(data)) {
        PyErr_Format(PyExc_TypeError, "write() argument must be bytes, not %.200s", Py_TYPE(data)->tp_name);
        return NULL;
    }
    if (PyBytes_GET_SIZE(data) || ((response_object *)object)->request->is_over)
        if (send_blocks((response_object *)object, &data, 1, WSGI_MORE) != WSGI_SENT)
            return NULL;
    Py_RETURN_NONE;
}


/* The most bytes that wait for the end, in a response: they are kept until the interpreter's next request. */
#define MOST_LATE 65536

/* Puts a whole response off until the thread has let go of the GIL for good: taking it back once more, only to find that
 * nothing is left to do, is what costs most of a short request where threads compete for it. Returns 0 if it has to be
 * sent now: somebody measures, or it is much. */
static int send_late(response_object *self, PyObject *blocks)
{
    Py_ssize_t total = 0;
    Py_ssize_t i;

    if (!self->status || self->headers_sent || self->request->is_measured || self->request->is_over)
        return 0;
    for (i = 0; i < PyTuple_GET_SIZE(blocks); i++)
        total += PyBytes_GET_SIZE(PyTuple_GET_ITEM(blocks, i));
    if (total > MOST_LATE)
        return 0;
    Py_INCREF(self);
    *self->request->late = (PyObject *)self;
    Py_INCREF(blocks);
    self->late = blocks;
    return 1;
}


void wsgi_response_send_late(wsgi_exchange *exchange, PyObject *object)
{
    response_object *self = (response_object *)object;
    volatile void **sent = &self->request->interpreter->sent;
    void *seen;

    if (!exchange->is_answered && pass_blocks(self, exchange, &PyTuple_GET_ITEM(self->late, 0),
                                              PyTuple_GET_SIZE(self->late), WSGI_DONE) != APR_SUCCESS)
        wsgi_log(exchange, APLOG_TRACE1, "Client closed connection.");
    /* Once it is in the list, the next request may let go of it: nothing of it is read after that. */
    do {
        seen = (void *)*sent;
        self->next = seen;
    } while (apr_atomic_casptr(sent, self, seen) != seen);
}


void wsgi_response_drop_sent(wsgi_interpreter *interpreter)
{
    response_object *sent = interpreter->sent ? apr_atomic_xchgptr(&interpreter->sent, NULL) : NULL;

    while (sent) {
        response_object *next = sent->next;

        Py_DECREF(sent);
        sent = next;
    }
}


/* While the body is iterated a client that left is no error of the application: the iteration just stops. */
static wsgi_outcome without_error(wsgi_outcome outcome)
{
    if (outcome == WSGI_CLIENT_GONE)
        PyErr_Clear();
    return outcome;
}


static int check_block(PyObject *block)
{
    if (PyBytes_Check(block))
        return 0;
    PyErr_Format(PyExc_TypeError, "response iterable must yield bytes, not %.200s", Py_TYPE(block)->tp_name);
    return -1;
}


/* All of a list or tuple is there already: it goes in one piece, and gets its Content-Length. */
static wsgi_outcome send_sequence(response_object *self, PyObject *sequence)
{
    /* Another thread may change a list while this one waits for the client. */
    PyObject *blocks = PySequence_Tuple(sequence);
    wsgi_outcome outcome = WSGI_FAILED;
    Py_ssize_t count;
    Py_ssize_t i;

    if (!blocks)
        return WSGI_FAILED;
    count = PyTuple_GET_SIZE(blocks);
    for (i = 0; i < count; i++)
        if (check_block(PyTuple_GET_ITEM(blocks, i)) < 0)
            break;
    if (i == count && send_late(self, blocks))
        outcome = WSGI_SENT;
    else if (i == count)
        outcome = send_blocks(self, &PyTuple_GET_ITEM(blocks, 0), count, WSGI_DONE);
    Py_DECREF(blocks);
    return outcome;
}


/* Whether a block completes what the application promised: its end goes with it, and whoever has it need not wait. */
static int is_last(const response_object *self, PyObject *block)
{
    return self->content_length >= 0 && self->sent + PyBytes_GET_SIZE(block) >= self->content_length;
}


static wsgi_outcome send_iterable(response_object *self, PyObject *iterable)
{
    PyObject *iterator = PyObject_GetIter(iterable);
    wsgi_outcome outcome = iterator ? WSGI_SENT : WSGI_FAILED;

    while (outcome == WSGI_SENT) {
        PyObject *block = PyIter_Next(iterator);

        if (!block)
            break;
        if (check_block(block) < 0)
            outcome = WSGI_FAILED;
        else if (PyBytes_GET_SIZE(block))
            outcome = send_blocks(self, &block, 1, is_last(self, block) ? WSGI_END : WSGI_MORE);
        Py_DECREF(block);
    }
    Py_XDECREF(iterator);
    if (outcome == WSGI_SENT && PyErr_Occurred())
        outcome = WSGI_FAILED;
    return outcome == WSGI_SENT && !self->has_ended ? send_blocks(self, NULL, 0, WSGI_END) : outcome;
}


static wsgi_outcome send_file(response_object *self, const wsgi_file_part *part)
{
    const apr_off_t length = self->content_length >= 0 ? self->content_length : part->length;
    apr_status_t status = APR_SUCCESS;
    PyThreadState *saved;
    wsgi_exchange *exchange = wsgi_request_enter(self->request, &saved);

    if (exchange && !exchange->is_answered) {
        wsgi_head head;

        self->sent = length < part->length ? length : part->length;
        self->has_ended = 1;
        self->request->output_writes++;
        self->request->output_length += self->sent;
        status = exchange->methods->send_file(exchange, head_for(self, &head), part, self->sent, is_short(self, exchange));
    }
    wsgi_request_leave(self->request, saved);
    return status == APR_SUCCESS ? WSGI_SENT : WSGI_CLIENT_GONE;
}


wsgi_outcome wsgi_response_send(PyObject *object, PyObject *iterable)
{
    response_object *self = (response_object *)object;
    wsgi_file_part part;

    if (PyList_CheckExact(iterable) || PyTuple_CheckExact(iterable))
        return without_error(send_sequence(self, iterable));
    if (self->status && !self->headers_sent &&
        PyObject_TypeCheck(iterable, self->request->interpreter->file_wrapper_type) &&
        wsgi_file_wrapper_part(iterable, &part))
        return send_file(self, &part);
    return without_error(send_iterable(self, iterable));
}


int wsgi_response_status(PyObject *object)
{
    return ((response_object *)object)->code;
}


int wsgi_response_cut(PyObject *object)
{
    response_object *self = (response_object *)object;
    PyThreadState *saved;
    wsgi_exchange *exchange;

    if (!self->headers_sent)
        return self->request->exchange->is_answered;
    if (self->has_ended)
        return 1;
    exchange = wsgi_request_enter(self->request, &saved);
    if (exchange) {
        self->has_ended = 1;
        exchange->methods->cut(exchange);
    }
    wsgi_request_leave(self->request, saved);
    return 1;
}


static void response_dealloc(PyObject *object)
{
    response_object *self = (response_object *)object;

    Py_XDECREF(self->status);
    Py_XDECREF(self->headers);
    Py_XDECREF(self->late);
    wsgi_request_release(self->request);
    wsgi_free_instance(object);
}


static PyMethodDef response_methods[] = {
    {"start_response", (PyCFunction)(void (*)(void))response_start, METH_FASTCALL, NULL},
    {"write", response_write, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot response_slots[] = {
    {Py_tp_dealloc, response_dealloc},
    {Py_tp_methods, response_methods},
    {0, NULL},
};

static PyType_Spec response_spec = {"mod_wsgi.Adapter", sizeof(response_object), 0, Py_TPFLAGS_DEFAULT, response_slots};


PyTypeObject *wsgi_response_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&response_spec);
}


PyObject *wsgi_response_new(PyTypeObject *type, wsgi_request *request)
{
    response_object *self = (response_object *)type->tp_alloc(type, 0);

    if (!self)
        return NULL;
    self->request = wsgi_request_share(request);
    self->content_length = -1;
    return (PyObject *)self;
}
