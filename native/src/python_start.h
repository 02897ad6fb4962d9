/* Starts Python in an Apache process. */

#ifndef WSGI_PYTHON_START_H
#define WSGI_PYTHON_START_H

#include "python_compat.h"

#include "apache.h"

/* Starts Python in an Apache child, to end with its pool. What goes wrong is logged, and wsgi_interpreter_enter() then
 * finds nothing. */
void wsgi_python_start(apr_pool_t *child_pool, server_rec *server);

#endif
