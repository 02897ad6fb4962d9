/* The error log as Python sees it: wsgi.errors, sys.stdout and sys.stderr; and exceptions written to it. */

#ifndef WSGI_LOG_H
#define WSGI_LOG_H

#include "python_compat.h"

#include "apache.h"
#include "line.h"
#include "request.h"

typedef enum { WSGI_LOG_ERRORS, WSGI_LOG_STDOUT, WSGI_LOG_STDERR } wsgi_log_stream;

/* Makes the type mod_wsgi.Log for the current interpreter. */
PyTypeObject *wsgi_log_type(void);

/* A raw stream of bytes for io.TextIOWrapper. `request` is for WSGI_LOG_ERRORS; the other two go to the log of the
 * request that the writing thread serves, or else to the server's. */
PyObject *wsgi_log_new(PyTypeObject *type, wsgi_log_stream stream, wsgi_request *request);

/* Writes text to the error log, one record per line. Call without the GIL; `r` may be NULL. */
void wsgi_log_text(request_rec *r, const char *text, size_t length);

/* Writes what has no end of line yet, and forgets it. Call as wsgi_log_text(). */
void wsgi_log_rest(request_rec *r, wsgi_line *line);

/* Writes `message` and the current exception with its traceback to the error log, and clears the exception. `r` may
 * be NULL. Call with the GIL. */
void wsgi_log_exception(request_rec *r, const char *message);

#endif
