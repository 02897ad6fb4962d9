#include "headers.h"


static int is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7f;
}


static int has_control(const char *text, Py_ssize_t length)
{
    Py_ssize_t i;

    for (i = 0; i < length; i++)
        if (is_control(text[i]))
            return 1;
    return 0;
}


/* The latin-1 bytes of something that has to be a str. */
static const char *text_of(PyObject *object, Py_ssize_t *length)
{
    if (!PyUnicode_Check(object)) {
        PyErr_Format(PyExc_TypeError, "must be str, not %.200s", Py_TYPE(object)->tp_name);
        return NULL;
    }
    return wsgi_latin1(object, length);
}


int wsgi_status_check(PyObject *status)
{
    Py_ssize_t length;
    const char *text = text_of(status, &length);

    if (!text)
        return -1;
    /* 1xx cannot be the end of an exchange, and what is below 100 is no HTTP status. */
    if (length < 3 || !apr_isdigit(text[0]) || !apr_isdigit(text[1]) || !apr_isdigit(text[2]) || text[0] == '0' ||
        (length > 3 && apr_isdigit(text[3]))) {
        PyErr_Format(PyExc_ValueError, "status code must be a 3 digit integer: %U", status);
        return -1;
    }
    if (length > 3 && text[3] != ' ') {
        PyErr_Format(PyExc_ValueError, "no space following status code: %U", status);
        return -1;
    }
    if (has_control(text, length)) {
        PyErr_Format(PyExc_ValueError, "control character in status reason phrase: %U", status);
        return -1;
    }
    return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}


static int refuse(const char *message, PyObject *text)
{
    PyErr_Format(PyExc_ValueError, "%s: %U", message, text);
    return -1;
}


static int check_name(PyObject *name)
{
    Py_ssize_t length;
    const char *text = text_of(name, &length);

    if (!text)
        return -1;
    if (!length) {
        PyErr_SetString(PyExc_ValueError, "header name is empty");
        return -1;
    }
    if (has_control(text, length))
        return refuse("control character in header name", name);
    if (memchr(text, ' ', length))
        return refuse("space character in header name", name);
    /* The rest that HTTP forbids; Apache would refuse the response without saying which header. */
    if (*ap_scan_http_token(text))
        return refuse("invalid character in header name", name);
    return 0;
}


static int check_value(PyObject *value)
{
    Py_ssize_t length;
    const char *text = text_of(value, &length);

    if (!text)
        return -1;
    if (memchr(text, '\r', length) || memchr(text, '\n', length))
        return refuse("carriage return/line feed character in header value", value);
    if (memchr(text, '\0', length) || *ap_scan_http_field_content(text))
        return refuse("control character in header value", value);
    return 0;
}


static int check_content_length(PyObject *value, apr_off_t *content_length)
{
    const char *text = wsgi_latin1(value, NULL);
    const char *end = text + strspn(text, "0123456789");
    char *stopped;

    if (end == text || *end || apr_strtoff(content_length, text, &stopped, 10) != APR_SUCCESS) {
        PyErr_Format(PyExc_ValueError, "invalid Content-Length header value: '%U'", value);
        return -1;
    }
    return 0;
}


static int check_header(PyObject *header, apr_off_t *content_length)
{
    if (!PyTuple_Check(header)) {
        PyErr_Format(PyExc_TypeError, "each header must be a 2-tuple, not %.200s", Py_TYPE(header)->tp_name);
        return -1;
    }
    if (PyTuple_GET_SIZE(header) != 2) {
        PyErr_Format(PyExc_ValueError, "each header must be a 2-tuple, got length %zd", PyTuple_GET_SIZE(header));
        return -1;
    }
    if (check_name(PyTuple_GET_ITEM(header, 0)) < 0 || check_value(PyTuple_GET_ITEM(header, 1)) < 0)
        return -1;
    if (!strcasecmp(wsgi_latin1(PyTuple_GET_ITEM(header, 0), NULL), "Content-Length"))
        return check_content_length(PyTuple_GET_ITEM(header, 1), content_length);
    return 0;
}


PyObject *wsgi_headers_check(PyObject *headers, apr_off_t *content_length)
{
    PyObject *items;
    Py_ssize_t i;

    *content_length = -1;
    if (!PyList_Check(headers)) {
        PyErr_Format(PyExc_TypeError, "headers must be a list, not %.200s", Py_TYPE(headers)->tp_name);
        return NULL;
    }
    items = PyList_AsTuple(headers);
    for (i = 0; items && i < PyTuple_GET_SIZE(items); i++)
        if (check_header(PyTuple_GET_ITEM(items, i), content_length) < 0)
            Py_CLEAR(items);
    return items;
}
