/* What an interpreter is given when it is made: types, streams, sys.path, modules, the environ template. All with its
 * thread state current. */

#ifndef WSGI_INTERPRETER_SETUP_H
#define WSGI_INTERPRETER_SETUP_H

#include "interpreter.h"

/* Makes all of it. Returns 0, or -1 with an exception set; either way wsgi_interpreter_clear() ends it. */
int wsgi_interpreter_prepare(wsgi_interpreter *interpreter);

/* Lets go of all of it. */
void wsgi_interpreter_clear(wsgi_interpreter *interpreter);

/* Calls a function of bootstrap.py with one argument, or with none if it is NULL. Returns its result (a new
 * reference), or NULL with an exception set. */
PyObject *wsgi_interpreter_call(const wsgi_interpreter *interpreter, const char *function, PyObject *argument);

#endif
