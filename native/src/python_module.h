/* The Python modules `mod_wsgi` and `apache`, and the restricted stand-ins for sys.stdin and sys.stdout. */

#ifndef WSGI_PYTHON_MODULE_H
#define WSGI_PYTHON_MODULE_H

#include "interpreter.h"

/* Makes both modules and puts them into sys.modules of the current interpreter. Returns the module mod_wsgi (a new
 * reference), or NULL with an exception set. */
PyObject *wsgi_python_module_new(const wsgi_interpreter *interpreter);

/* Makes the type mod_wsgi.Restricted for the current interpreter. */
PyTypeObject *wsgi_restricted_type(void);

/* An object whose every use raises OSError "NAME access restricted by mod_wsgi". `name` must stay. */
PyObject *wsgi_restricted_new(PyTypeObject *type, const char *name);

#endif
