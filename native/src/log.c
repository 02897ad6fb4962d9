#include "log.h"

#include "interpreter.h"
#include "thread.h"

/* Apache cuts a record at 8192 bytes, after it has written some characters as \xNN. */
#define RECORD_LIMIT 2000

typedef struct {
    PyObject_HEAD
    wsgi_log_stream stream;
    wsgi_request *request;  /* WSGI_LOG_ERRORS only */
} log_object;

static const char *const stream_names[] = {
    [WSGI_LOG_ERRORS] = "wsgi.errors",
    [WSGI_LOG_STDOUT] = "sys.stdout",
    [WSGI_LOG_STDERR] = "sys.stderr",
};
static const char *const file_names[] = {
    [WSGI_LOG_ERRORS] = "<wsgi.errors>",
    [WSGI_LOG_STDOUT] = "<stdout>",
    [WSGI_LOG_STDERR] = "<stderr>",
};


server_rec *wsgi_log_server;


void wsgi_log(const wsgi_exchange *exchange, int level, const char *format, ...)
{
    char text[RECORD_LIMIT + 4096];
    va_list values;

    va_start(values, format);
    apr_vsnprintf(text, sizeof(text), format, values);
    va_end(values);
    if (exchange)
        exchange->methods->log(exchange, level, text);
    else
        ap_log_error(APLOG_MARK, level, 0, wsgi_log_server, "%s", text);
}


static void log_record(const wsgi_exchange *exchange, int level, const char *text, size_t length)
{
    if (exchange)
        wsgi_log(exchange, level, "[script %s] %.*s", exchange->script, (int)length, text);
    else
        ap_log_error(APLOG_MARK, level, 0, wsgi_log_server, "%.*s", (int)length, text);
}


static void log_one_line(const wsgi_exchange *exchange, int level, const char *text, size_t length)
{
    while (length > RECORD_LIMIT) {
        log_record(exchange, level, text, RECORD_LIMIT);
        text += RECORD_LIMIT;
        length -= RECORD_LIMIT;
    }
    log_record(exchange, level, text, length);
}


void wsgi_log_text(const wsgi_exchange *exchange, int level, const char *text, size_t length)
{
    const char *const end = text + length;

    while (text < end) {
        const char *stop = memchr(text, '\n', end - text);

        if (!stop)
            stop = end;
        log_one_line(exchange, level, text, stop - text);
        text = stop + 1;
    }
}


void wsgi_log_rest(const wsgi_exchange *exchange, wsgi_line *line)
{
    if (line->length)
        wsgi_log_text(exchange, APLOG_ERR, line->text, line->length);
    wsgi_line_free(line);
}


/* Where a stream's text goes now. Returns NULL with RuntimeError set when the request of a wsgi.errors is over. */
static wsgi_line *destination(log_object *self, const char *method, wsgi_request **request)
{
    wsgi_thread *thread;

    if (self->stream == WSGI_LOG_ERRORS) {
        *request = self->request;
        if (!self->request->is_over)
            return &self->request->errors;
        PyErr_Format(PyExc_RuntimeError, "%s() called on wsgi.errors after request completed", method);
        return NULL;
    }
    thread = wsgi_thread_current();
    *request = thread->request;
    return self->stream == WSGI_LOG_STDOUT ? &thread->standard_output : &thread->standard_error;
}


static void log_for_request(wsgi_request *request, int level, const char *text, size_t length)
{
    PyThreadState *saved;

    if (request) {
        wsgi_request_share(request);
        wsgi_log_text(wsgi_request_enter(request, &saved), level, text, length);
        wsgi_request_leave(request, saved);
        wsgi_request_release(request);
    }
    else {
        Py_BEGIN_ALLOW_THREADS
        wsgi_log_text(NULL, level, text, length);
        Py_END_ALLOW_THREADS
    }
}


static PyObject *write_bytes(log_object *self, const char *text, Py_ssize_t size)
{
    wsgi_request *request;
    wsgi_line *line = destination(self, "write", &request);
    char *complete;
    size_t length = 0;

    if (!line)
        return NULL;
    if (wsgi_line_append(line, text, size) < 0)
        return PyErr_NoMemory();
    complete = wsgi_line_take_complete(line, &length);
    if (complete) {
        log_for_request(request, APLOG_ERR, complete, length);
        free(complete);
    }
    return PyLong_FromSsize_t(size);
}


static PyObject *log_write(PyObject *self, PyObject *data)
{
    PyObject *result;

    if (PyUnicode_Check(data)) {
        Py_ssize_t size;
        const char *text;

        if (PyErr_WarnEx(PyExc_DeprecationWarning, "write bytes to the buffer of a log stream, not str", 1) < 0)
            return NULL;
        text = PyUnicode_AsUTF8AndSize(data, &size);
        result = text ? write_bytes((log_object *)self, text, size) : NULL;
    }
    else {
        Py_buffer view;

        if (PyObject_GetBuffer(data, &view, PyBUF_SIMPLE) < 0)
            return NULL;
        result = write_bytes((log_object *)self, view.buf, view.len);
        PyBuffer_Release(&view);
    }
    return result;
}


static PyObject *log_flush(PyObject *object, PyObject *unused)
{
    log_object *self = (log_object *)object;
    wsgi_request *request;
    wsgi_line *line = destination(self, "flush", &request);

    (void)unused;
    if (!line)
        return NULL;
    if (line->length) {
        wsgi_line rest = *line;

        memset(line, 0, sizeof(*line));
        log_for_request(request, APLOG_ERR, rest.text, rest.length);
        wsgi_line_free(&rest);
    }
    Py_RETURN_NONE;
}


static PyObject *log_fileno(PyObject *self, PyObject *unused)
{
    (void)unused;
    PyErr_Format(PyExc_OSError, "%s log object has no file descriptor", stream_names[((log_object *)self)->stream]);
    return NULL;
}


/* The log is Apache's to close; the stream stays usable. */
static PyObject *log_close(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_NONE;
}


static PyObject *log_yes(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_TRUE;
}


static PyObject *log_no(PyObject *self, PyObject *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_FALSE;
}


static PyObject *log_get_name(PyObject *self, void *unused)
{
    (void)unused;
    return PyUnicode_FromString(file_names[((log_object *)self)->stream]);
}


static PyObject *log_get_closed(PyObject *self, void *unused)
{
    (void)self;
    (void)unused;
    Py_RETURN_FALSE;
}


static void log_dealloc(PyObject *self)
{
    if (((log_object *)self)->request)
        wsgi_request_release(((log_object *)self)->request);
    wsgi_free_instance(self);
}


static PyMethodDef log_methods[] = {
    {"write", log_write, METH_O, NULL},
    {"flush", log_flush, METH_NOARGS, NULL},
    {"close", log_close, METH_NOARGS, NULL},
    {"fileno", log_fileno, METH_NOARGS, NULL},
    {"isatty", log_no, METH_NOARGS, NULL},
    {"readable", log_no, METH_NOARGS, NULL},
    {"seekable", log_no, METH_NOARGS, NULL},
    {"writable", log_yes, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef log_attributes[] = {
    {"name", log_get_name, NULL, NULL, NULL},
    {"closed", log_get_closed, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot log_slots[] = {
    {Py_tp_dealloc, log_dealloc},
    {Py_tp_methods, log_methods},
    {Py_tp_getset, log_attributes},
    {0, NULL},
};

static PyType_Spec log_spec = {"mod_wsgi.Log", sizeof(log_object), 0, Py_TPFLAGS_DEFAULT, log_slots};


PyTypeObject *wsgi_log_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&log_spec);
}


PyObject *wsgi_log_new(PyTypeObject *type, wsgi_log_stream stream, wsgi_request *request)
{
    log_object *self = (log_object *)type->tp_alloc(type, 0);

    if (!self)
        return NULL;
    self->stream = stream;
    self->request = request ? wsgi_request_share(request) : NULL;
    return (PyObject *)self;
}


PyObject *wsgi_log_text_stream(const wsgi_interpreter *interpreter, wsgi_log_stream stream, wsgi_request *request)
{
    PyObject *raw = wsgi_log_new(interpreter->log_type, stream, request);
    PyObject *text = raw ? PyObject_CallFunctionObjArgs(interpreter->text_stream, raw, NULL) : NULL;

    Py_XDECREF(raw);
    return text;
}


static PyObject *log_lines(PyObject *self, PyObject *args)
{
    const char *text;
    Py_ssize_t length;
    int level;

    (void)self;
    if (!PyArg_ParseTuple(args, "iz#:log", &level, &text, &length))
        return NULL;
    if (text)
        log_for_request(wsgi_thread_current()->request, level, text, length);
    return PyBool_FromLong(APLOG_MODULE_IS_LEVEL(wsgi_log_server, APLOG_MODULE_INDEX, level));
}


PyObject *wsgi_log_function(void)
{
    static PyMethodDef method = {"log", log_lines, METH_VARARGS, NULL};

    return PyCFunction_New(&method, NULL);
}


/* The traceback as one str, NULL (nothing set) if even that fails. */
static PyObject *formatted(const wsgi_exception *exception)
{
    PyObject *module = PyImport_ImportModule("traceback");
    PyObject *lines = NULL;
    PyObject *text = NULL;
    PyObject *empty = NULL;

    if (module)
        lines = PyObject_CallMethod(module, "format_exception", "OOO", exception->type, exception->value,
                                    exception->traceback ? exception->traceback : Py_None);
    if (lines)
        empty = PyUnicode_FromString("");
    if (empty)
        text = PyUnicode_Join(empty, lines);
    if (!text) {
        PyErr_Clear();
        text = PyObject_Repr(exception->value);
    }
    PyErr_Clear();
    Py_XDECREF(empty);
    Py_XDECREF(lines);
    Py_XDECREF(module);
    return text;
}


void wsgi_log_exception(const wsgi_exchange *exchange, const char *message)
{
    wsgi_exception exception;
    PyObject *text;
    PyObject *bytes = NULL;

    wsgi_exception_take(&exception);
    text = formatted(&exception);
    if (text)
        bytes = PyUnicode_AsEncodedString(text, "utf-8", "backslashreplace");
    PyErr_Clear();

    Py_BEGIN_ALLOW_THREADS
    wsgi_log_text(exchange, APLOG_ERR, message, strlen(message));
    if (bytes)
        wsgi_log_text(exchange, APLOG_ERR, PyBytes_AS_STRING(bytes), PyBytes_GET_SIZE(bytes));
    Py_END_ALLOW_THREADS

    Py_XDECREF(bytes);
    Py_XDECREF(text);
    wsgi_exception_clear(&exception);
}
