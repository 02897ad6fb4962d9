/* The arguments of start_response(): checked. */

#ifndef WSGI_HEADERS_H
#define WSGI_HEADERS_H

#include "python_compat.h"

#include "apache.h"

/* Checks a status such as "200 OK". Returns its code, or -1 with the exception set. */
int wsgi_status_check(PyObject *status);

/* Checks a list of headers and returns a tuple of its items (a new reference), or NULL with the exception set.
 * *content_length becomes the value of a Content-Length among them, or -1. */
PyObject *wsgi_headers_check(PyObject *headers, apr_off_t *content_length);

/* The text of a str that was checked; needs no GIL. */
static inline const char *wsgi_text(PyObject *checked)
{
    return (const char *)PyUnicode_1BYTE_DATA(checked);
}

#endif
