/* WSGI scripts: loaded once into each interpreter, and again when they change. */

#ifndef WSGI_SCRIPT_H
#define WSGI_SCRIPT_H

#include "python_compat.h"

#include "exchange.h"
#include "interpreter.h"

/* The module of a script, loaded if need be (a new reference). `modified` is the file's time of modification;
 * `may_reload` whether a changed one is loaded again. NULL when it could not be loaded, which is logged for `exchange` (may
 * be NULL). Call with the interpreter entered. */
PyObject *wsgi_script_module(wsgi_interpreter *interpreter, const wsgi_exchange *exchange, const char *path, apr_time_t modified,
                             int may_reload);

/* Whether a script that is loaded has changed since, or wants to be loaded again. Call as wsgi_script_module(). */
int wsgi_script_is_outdated(wsgi_interpreter *interpreter, const wsgi_exchange *exchange, const char *path,
                            apr_time_t modified);

/* When the first attempt to load any script began, while none has succeeded; otherwise 0. Needs no GIL. */
apr_time_t wsgi_script_waiting_since(void);

/* Loads all scripts that the configuration wants loaded when a process of this process group (empty: Apache's) starts.
 * Failures are logged. */
void wsgi_script_load_imports(server_rec *server, const char *process_group, apr_pool_t *pool);

#endif
