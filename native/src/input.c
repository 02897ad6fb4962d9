#include "input.h"

/* How much of the body is asked for at once where the application did not say how much it wants. */
#define BLOCK 65536

typedef struct {
    PyObject_HEAD
    wsgi_request *request;
    char *ahead;           /* received and not yet read: what follows a line, what exceeds a read */
    Py_ssize_t ahead_at;
    Py_ssize_t ahead_end;
    int has_ended;
    int has_failed;
} input_object;

static const char *reason(apr_status_t status, char *text, size_t size)
{
    if (APR_STATUS_IS_EAGAIN(status))
        return "Connection was terminated";
    if (status == AP_FILTER_ERROR)
        return "The body is malformed or larger than LimitRequestBody allows";
    return apr_strerror(status, text, size);
}


static void fail(input_object *self, apr_status_t status)
{
    char text[256];

    self->has_failed = 1;
    PyErr_Format(PyExc_OSError, "mod_wsgi request data read error: %s", reason(status, text, sizeof(text)));
}


/* Receives up to `limit` bytes, waiting for the first. Returns how many, 0 at the end of the body, or -1 with an
 * exception set. */
static Py_ssize_t receive(input_object *self, char *to, Py_ssize_t limit, apr_read_type_e how)
{
    wsgi_received result = {APR_SUCCESS, 0, 0};
    PyThreadState *saved;
    wsgi_exchange *exchange;

    while (!self->has_ended && !result.length) {
        exchange = wsgi_request_enter(self->request, &saved);
        if (exchange) {
            const apr_time_t begun = self->request->is_measured ? apr_time_now() : 0;

            result = exchange->methods->receive(exchange, to, limit, how);
            self->request->input_reads++;
            self->request->input_length += result.length;
            if (begun)
                self->request->input_time += apr_time_now() - begun;
        }
        wsgi_request_leave(self->request, saved);
        if (!exchange) {
            PyErr_SetString(PyExc_RuntimeError, "wsgi.input used after request completed");
            return -1;
        }
        if (how == APR_NONBLOCK_READ && APR_STATUS_IS_EAGAIN(result.status))
            return 0;
        if (result.status != APR_SUCCESS) {
            fail(self, result.status);
            return -1;
        }
        self->has_ended |= result.is_end;
        if (how == APR_NONBLOCK_READ)
            break;
    }
    return result.length;
}


/* Whether the body may be read now; sets the exception if not. */
static int is_readable(input_object *self, const char *method)
{
    if (self->request->is_over)
        PyErr_Format(PyExc_RuntimeError, "%s() called on wsgi.input after request completed", method);
    else if (self->has_failed)
        PyErr_SetString(PyExc_OSError, "mod_wsgi request data read error: input is already in error state");
    else
        return 1;
    return 0;
}


static Py_ssize_t take_ahead(input_object *self, char *to, Py_ssize_t limit)
{
    Py_ssize_t length = self->ahead_end - self->ahead_at;

    if (length > limit)
        length = limit;
    if (length) {
        memcpy(to, self->ahead + self->ahead_at, length);
        self->ahead_at += length;
    }
    return length;
}


/* Fills the empty read-ahead. Returns as receive(). */
static Py_ssize_t fill_ahead(input_object *self, apr_read_type_e how)
{
    Py_ssize_t length;

    if (!self->ahead) {
        self->ahead = malloc(BLOCK);
        if (!self->ahead) {
            PyErr_NoMemory();
            return -1;
        }
    }
    length = receive(self, self->ahead, BLOCK, how);
    self->ahead_at = 0;
    self->ahead_end = length > 0 ? length : 0;
    return length;
}


/* A hint only: filters may make the body longer or shorter than the client said. */
static Py_ssize_t first_size(const input_object *self, Py_ssize_t wanted)
{
    const apr_off_t remaining = self->request->exchange->body_length;
    Py_ssize_t size = remaining > 0 && remaining < PY_SSIZE_T_MAX ? (Py_ssize_t)remaining : BLOCK;

    return wanted >= 0 && wanted < size ? wanted : size;
}


/* `wanted` bytes, or all there are when it is negative. */
static PyObject *read_bytes(input_object *self, Py_ssize_t wanted)
{
    Py_ssize_t size = first_size(self, wanted);
    Py_ssize_t length;
    PyObject *bytes;

    if (size < 1)
        size = 1;
    /* A client may announce a body that it never sends. */
    if (size > 16 * BLOCK)
        size = 16 * BLOCK;
    bytes = PyBytes_FromStringAndSize(NULL, size);
    if (!bytes)
        return NULL;

    length = take_ahead(self, PyBytes_AS_STRING(bytes), size);
    for (;;) {
        Py_ssize_t more;

        if (length == wanted)
            break;
        if (length == size) {
            size *= 2;
            if (wanted >= 0 && size > wanted)
                size = wanted;
            if (_PyBytes_Resize(&bytes, size) < 0)
                return NULL;
            /* The read-ahead may hold more than the first size had room for. */
            length += take_ahead(self, PyBytes_AS_STRING(bytes) + length, size - length);
            continue;
        }
        more = receive(self, PyBytes_AS_STRING(bytes) + length, size - length, APR_BLOCK_READ);
        if (more < 0) {
            Py_DECREF(bytes);
            return NULL;
        }
        if (!more)
            break;
        length += more;
    }
    if (length != size && _PyBytes_Resize(&bytes, length) < 0)
        return NULL;
    return bytes;
}


/* Reading nothing is how an application says that it is about to read: the client may be waiting for that. */
static PyObject *read_nothing(input_object *self)
{
    if (self->ahead_at == self->ahead_end && !self->has_ended && fill_ahead(self, APR_NONBLOCK_READ) < 0)
        return NULL;
    return PyBytes_FromStringAndSize(NULL, 0);
}


static PyObject *read_line(input_object *self, Py_ssize_t limit)
{
    PyObject *line = NULL;
    Py_ssize_t length = 0;
    const char *end = NULL;

    if (limit == 0)
        return read_nothing(self);
    while (!end && (limit < 0 || length < limit)) {
        Py_ssize_t part;
        const char *start;

        if (self->ahead_at == self->ahead_end) {
            part = fill_ahead(self, APR_BLOCK_READ);
            if (part < 0) {
                Py_XDECREF(line);
                return NULL;
            }
            if (!part)
                break;
        }
        start = self->ahead + self->ahead_at;
        part = self->ahead_end - self->ahead_at;
        if (limit >= 0 && part > limit - length)
            part = limit - length;
        end = memchr(start, '\n', part);
        if (end)
            part = end + 1 - start;
        if (!line)
            line = PyBytes_FromStringAndSize(NULL, part);
        else
            _PyBytes_Resize(&line, length + part);
        if (!line)
            return NULL;
        length += take_ahead(self, PyBytes_AS_STRING(line) + length, part);
    }
    return line ? line : PyBytes_FromStringAndSize(NULL, 0);
}


/* The optional size argument of the three reading methods. */
static int parse_size(PyObject *const *args, Py_ssize_t count, const char *method, Py_ssize_t *size)
{
    *size = -1;
    if (count > 1) {
        PyErr_Format(PyExc_TypeError, "%s() takes at most 1 argument (%zd given)", method, count);
        return 0;
    }
    if (count == 1) {
        *size = PyNumber_AsSsize_t(args[0], PyExc_OverflowError);
        if (*size == -1 && PyErr_Occurred())
            return 0;
    }
    return 1;
}


static PyObject *input_read(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    input_object *self = (input_object *)object;
    Py_ssize_t size;

    if (!parse_size(args, count, "read", &size) || !is_readable(self, "read"))
        return NULL;
    return size == 0 ? read_nothing(self) : read_bytes(self, size < 0 ? -1 : size);
}


static PyObject *input_readline(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    input_object *self = (input_object *)object;
    Py_ssize_t limit;

    if (!parse_size(args, count, "readline", &limit) || !is_readable(self, "readline"))
        return NULL;
    return read_line(self, limit);
}


static PyObject *input_readlines(PyObject *object, PyObject *const *args, Py_ssize_t count)
{
    input_object *self = (input_object *)object;
    Py_ssize_t hint;
    Py_ssize_t total = 0;
    PyObject *lines;

    if (!parse_size(args, count, "readlines", &hint) || !is_readable(self, "readlines"))
        return NULL;
    lines = PyList_New(0);
    while (lines) {
        PyObject *line = read_line(self, -1);
        const Py_ssize_t length = line ? PyBytes_GET_SIZE(line) : 0;
        const int failed = !line || (length && PyList_Append(lines, line) < 0);

        Py_XDECREF(line);
        if (failed)
            Py_CLEAR(lines);
        total += length;
        if (!length || (hint > 0 && total >= hint))
            break;
    }
    return lines;
}


static PyObject *input_close(PyObject *object, PyObject *unused)
{
    (void)unused;
    if (((input_object *)object)->request->is_over) {
        PyErr_SetString(PyExc_RuntimeError, "close() called on wsgi.input after request completed");
        return NULL;
    }
    Py_RETURN_NONE;
}


static PyObject *input_iter(PyObject *object)
{
    if (((input_object *)object)->request->is_over) {
        PyErr_SetString(PyExc_RuntimeError, "iteration of wsgi.input attempted after request completed");
        return NULL;
    }
    Py_INCREF(object);
    return object;
}


static PyObject *input_next(PyObject *object)
{
    input_object *self = (input_object *)object;
    PyObject *line;

    if (self->request->is_over) {
        PyErr_SetString(PyExc_RuntimeError, "iteration of wsgi.input attempted after request completed");
        return NULL;
    }
    if (!is_readable(self, "readline"))
        return NULL;
    line = read_line(self, -1);
    if (line && !PyBytes_GET_SIZE(line))
        Py_CLEAR(line);
    return line;
}


static void input_dealloc(PyObject *object)
{
    input_object *self = (input_object *)object;

    free(self->ahead);
    wsgi_request_release(self->request);
    wsgi_free_instance(object);
}


static PyMethodDef input_methods[] = {
    {"read", (PyCFunction)(void (*)(void))input_read, METH_FASTCALL, NULL},
    {"readline", (PyCFunction)(void (*)(void))input_readline, METH_FASTCALL, NULL},
    {"readlines", (PyCFunction)(void (*)(void))input_readlines, METH_FASTCALL, NULL},
    {"close", input_close, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyType_Slot input_slots[] = {
    {Py_tp_dealloc, input_dealloc},
    {Py_tp_methods, input_methods},
    {Py_tp_iter, input_iter},
    {Py_tp_iternext, input_next},
    {0, NULL},
};

static PyType_Spec input_spec = {"mod_wsgi.Input", sizeof(input_object), 0, Py_TPFLAGS_DEFAULT, input_slots};


PyTypeObject *wsgi_input_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&input_spec);
}


PyObject *wsgi_input_new(PyTypeObject *type, wsgi_request *request)
{
    input_object *self = (input_object *)type->tp_alloc(type, 0);

    if (self)
        self->request = wsgi_request_share(request);
    return (PyObject *)self;
}
