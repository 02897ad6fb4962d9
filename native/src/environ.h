/* From a request to the WSGI environ. */

#ifndef WSGI_ENVIRON_H
#define WSGI_ENVIRON_H

#include "interpreter.h"
#include "request.h"

/* Once per process: the table that finds a known key by its text. */
void wsgi_environ_init(apr_pool_t *child_pool);

/* Makes the interpreter's keys and its template. Returns 0, or -1 with an exception set. */
int wsgi_environ_prepare(wsgi_interpreter *interpreter);

/* The environ of one request, a new dict. NULL with an exception set. */
PyObject *wsgi_environ_new(wsgi_request *request, PyObject *input, PyObject *errors);

#endif
