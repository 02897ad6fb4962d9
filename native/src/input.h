/* wsgi.input: the request body. */

#ifndef WSGI_INPUT_H
#define WSGI_INPUT_H

#include "python_compat.h"

#include "request.h"

/* Makes the type mod_wsgi.Input for the current interpreter. */
PyTypeObject *wsgi_input_type(void);

PyObject *wsgi_input_new(PyTypeObject *type, wsgi_request *request);

#endif
