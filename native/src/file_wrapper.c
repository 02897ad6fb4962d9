#include "file_wrapper.h"

#include <sys/stat.h>

typedef struct {
    PyObject_HEAD
    PyObject *filelike;
    PyObject *blksize;  /* an int, not negative */
    int is_closed;
} file_wrapper_object;


static PyObject *wrapper_new(PyTypeObject *type, PyObject *args, PyObject *keywords)
{
    static char *names[] = {"filelike", "blksize", NULL};
    PyObject *filelike;
    PyObject *blksize = NULL;
    file_wrapper_object *self;
    Py_ssize_t size = 8192;

    if (!PyArg_ParseTupleAndKeywords(args, keywords, "O|O:FileWrapper", names, &filelike, &blksize))
        return NULL;
    if (blksize) {
        if (!PyLong_Check(blksize)) {
            PyErr_Format(PyExc_TypeError, "blksize must be an int, not %.200s", Py_TYPE(blksize)->tp_name);
            return NULL;
        }
        size = PyLong_AsSsize_t(blksize);
        if (size == -1 && PyErr_Occurred())
            return NULL;
        if (size < 0) {
            PyErr_SetString(PyExc_ValueError, "blksize must not be negative");
            return NULL;
        }
    }
    self = (file_wrapper_object *)type->tp_alloc(type, 0);
    if (!self)
        return NULL;
    self->blksize = PyLong_FromSsize_t(size);
    Py_INCREF(filelike);
    self->filelike = filelike;
    if (!self->blksize)
        Py_CLEAR(self);
    return (PyObject *)self;
}


static int wrapper_traverse(PyObject *object, visitproc visit, void *arg)
{
#if PY_VERSION_HEX >= 0x03090000
    Py_VISIT(Py_TYPE(object));
#endif
    Py_VISIT(((file_wrapper_object *)object)->filelike);
    return 0;
}


static int wrapper_clear(PyObject *object)
{
    Py_CLEAR(((file_wrapper_object *)object)->filelike);
    return 0;
}


static void wrapper_dealloc(PyObject *object)
{
    PyObject_GC_UnTrack(object);
    Py_XDECREF(((file_wrapper_object *)object)->filelike);
    Py_XDECREF(((file_wrapper_object *)object)->blksize);
    wsgi_free_instance(object);
}


static PyObject *wrapper_iter(PyObject *object)
{
    Py_INCREF(object);
    return object;
}


static PyObject *wrapper_next(PyObject *object)
{
    file_wrapper_object *self = (file_wrapper_object *)object;
    PyObject *block;

    if (self->is_closed || !self->filelike) {
        PyErr_SetString(PyExc_ValueError, "I/O operation on closed file");
        return NULL;
    }
    block = PyObject_CallMethod(self->filelike, "read", "O", self->blksize);
    if (!block)
        return NULL;
    if (!PyBytes_Check(block)) {
        PyErr_Format(PyExc_TypeError, "file wrapper read() must return bytes, not %.200s", Py_TYPE(block)->tp_name);
        Py_CLEAR(block);
    }
    else if (!PyBytes_GET_SIZE(block)) {
        Py_CLEAR(block);
    }
    return block;
}


static PyObject *wrapper_close(PyObject *object, PyObject *unused)
{
    file_wrapper_object *self = (file_wrapper_object *)object;
    PyObject *close;
    PyObject *result;

    (void)unused;
    if (self->is_closed || !self->filelike)
        Py_RETURN_NONE;
    self->is_closed = 1;
    close = PyObject_GetAttrString(self->filelike, "close");
    if (!close) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError))
            return NULL;
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    result = PyObject_CallFunctionObjArgs(close, NULL);
    Py_DECREF(close);
    Py_XDECREF(result);
    if (!result)
        return NULL;
    Py_RETURN_NONE;
}


static PyObject *get_filelike(PyObject *object, void *unused)
{
    PyObject *filelike = ((file_wrapper_object *)object)->filelike;

    (void)unused;
    if (!filelike)
        filelike = Py_None;
    Py_INCREF(filelike);
    return filelike;
}


static PyObject *get_blksize(PyObject *object, void *unused)
{
    (void)unused;
    Py_INCREF(((file_wrapper_object *)object)->blksize);
    return ((file_wrapper_object *)object)->blksize;
}


static PyMethodDef wrapper_methods[] = {
    {"close", wrapper_close, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef wrapper_attributes[] = {
    {"filelike", get_filelike, NULL, NULL, NULL},
    {"blksize", get_blksize, NULL, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot wrapper_slots[] = {
    {Py_tp_new, wrapper_new},
    {Py_tp_dealloc, wrapper_dealloc},
    {Py_tp_traverse, wrapper_traverse},
    {Py_tp_clear, wrapper_clear},
    {Py_tp_iter, wrapper_iter},
    {Py_tp_iternext, wrapper_next},
    {Py_tp_methods, wrapper_methods},
    {Py_tp_getset, wrapper_attributes},
    {0, NULL},
};

static PyType_Spec wrapper_spec = {"mod_wsgi.FileWrapper", sizeof(file_wrapper_object), 0,
                                   Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, wrapper_slots};


PyTypeObject *wsgi_file_wrapper_type(void)
{
    return (PyTypeObject *)PyType_FromSpec(&wrapper_spec);
}


/* Whether `object` is exactly of the class io.NAME. */
static int is_io(PyObject *object, const char *name)
{
    PyObject *io = PyImport_ImportModule("io");
    PyObject *class = io ? PyObject_GetAttrString(io, name) : NULL;
    const int matches = class == (PyObject *)Py_TYPE(object);

    Py_XDECREF(class);
    Py_XDECREF(io);
    return matches;
}


/* The descriptor under a binary file object, -1 if it is of another kind. A gzip file, for one, has a descriptor as
 * well, but what read() returns is not what lies in that file. */
static int descriptor_of(PyObject *file)
{
    PyObject *raw = NULL;
    PyObject *flushed;
    int descriptor = -1;

    if (is_io(file, "FileIO")) {
        raw = file;
        Py_INCREF(raw);
    }
    else if (is_io(file, "BufferedReader") || is_io(file, "BufferedRandom")) {
        raw = PyObject_GetAttrString(file, "raw");
    }
    if (raw && is_io(raw, "FileIO")) {
        /* What was written to it and not yet to the disk. */
        flushed = PyObject_CallMethod(file, "flush", NULL);
        if (flushed)
            descriptor = PyObject_AsFileDescriptor(raw);
        Py_XDECREF(flushed);
    }
    Py_XDECREF(raw);
    return descriptor;
}


static apr_off_t position_of(PyObject *file)
{
    PyObject *position = PyObject_CallMethod(file, "tell", NULL);
    const long long offset = position && PyLong_Check(position) ? PyLong_AsLongLong(position) : -1;

    Py_XDECREF(position);
    return offset;
}


int wsgi_file_wrapper_part(PyObject *object, wsgi_file_part *part)
{
    file_wrapper_object *self = (file_wrapper_object *)object;
    struct stat info;

    if (self->is_closed || !self->filelike)
        return 0;
    part->descriptor = descriptor_of(self->filelike);
    part->offset = part->descriptor < 0 ? -1 : position_of(self->filelike);
    PyErr_Clear();
    if (part->offset < 0 || fstat(part->descriptor, &info) < 0 || !S_ISREG(info.st_mode))
        return 0;
    part->length = info.st_size > part->offset ? info.st_size - part->offset : 0;
    return 1;
}
