/* Python's header, and one spelling for what differs between the Python versions that are supported (3.8 to 3.14). */

#ifndef WSGI_PYTHON_COMPAT_H
#define WSGI_PYTHON_COMPAT_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#if PY_VERSION_HEX < 0x03080000
#error "mod_wsgi needs Python 3.8 or later"
#endif

#if PY_VERSION_HEX < 0x03090000
static inline PyInterpreterState *PyThreadState_GetInterpreter(PyThreadState *state)
{
    return state->interp;
}
#endif

/* An exception taken off the thread, in the three parts that traceback.format_exception() wants. */
typedef struct {
    PyObject *type;
    PyObject *value;
    PyObject *traceback;
} wsgi_exception;

/* Takes the current exception; the caller owns it and ends with wsgi_exception_clear(). */
static inline void wsgi_exception_take(wsgi_exception *taken)
{
#if PY_VERSION_HEX >= 0x030C0000
    taken->value = PyErr_GetRaisedException();
    taken->type = taken->value ? Py_NewRef((PyObject *)Py_TYPE(taken->value)) : NULL;
    taken->traceback = taken->value ? PyException_GetTraceback(taken->value) : NULL;
#else
    PyErr_Fetch(&taken->type, &taken->value, &taken->traceback);
    PyErr_NormalizeException(&taken->type, &taken->value, &taken->traceback);
    if (taken->value && taken->traceback)
        PyException_SetTraceback(taken->value, taken->traceback);
#endif
}

static inline void wsgi_exception_clear(wsgi_exception *taken)
{
    Py_CLEAR(taken->type);
    Py_CLEAR(taken->value);
    Py_CLEAR(taken->traceback);
}

/* The text of a str as latin-1 bytes, without a copy: a str whose widest character is latin-1 is stored as such.
 * Returns NULL with UnicodeEncodeError set for any other. */
static inline const char *wsgi_latin1(PyObject *text, Py_ssize_t *length)
{
#if PY_VERSION_HEX < 0x030C0000
    if (PyUnicode_READY(text) < 0)
        return NULL;
#endif
    if (PyUnicode_KIND(text) != PyUnicode_1BYTE_KIND) {
        PyObject *bytes = PyUnicode_AsLatin1String(text);

        Py_XDECREF(bytes);
        return NULL;
    }
    if (length)
        *length = PyUnicode_GET_LENGTH(text);
    return (const char *)PyUnicode_1BYTE_DATA(text);
}

/* tp_dealloc of a type made with PyType_FromSpec: the instance owns a reference to its type. */
static inline void wsgi_free_instance(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);

    type->tp_free(self);
    Py_DECREF(type);
}

#endif
