/* wsgi.file_wrapper. */

#ifndef WSGI_FILE_WRAPPER_H
#define WSGI_FILE_WRAPPER_H

#include "python_compat.h"

#include "apache.h"

/* A part of a regular file: from where the application left it to its end. */
typedef struct {
    int descriptor;
    apr_off_t offset;
    apr_off_t length;
} wsgi_file_part;

/* Makes the type mod_wsgi.FileWrapper for the current interpreter. */
PyTypeObject *wsgi_file_wrapper_type(void);

/* Whether what is wrapped can be sent from the file itself. Sets no exception. */
int wsgi_file_wrapper_part(PyObject *wrapper, wsgi_file_part *part);

#endif
