/* The error log as Python sees it: wsgi.errors, sys.stdout and sys.stderr; and exceptions written to it. */

#ifndef WSGI_LOG_H
#define WSGI_LOG_H

#include "python_compat.h"

#include "exchange.h"
#include "line.h"
#include "request.h"

typedef enum { WSGI_LOG_ERRORS, WSGI_LOG_STDOUT, WSGI_LOG_STDERR } wsgi_log_stream;

/* Makes the type mod_wsgi.Log for the current interpreter. */
PyTypeObject *wsgi_log_type(void);

/* A raw stream of bytes for io.TextIOWrapper. `request` is for WSGI_LOG_ERRORS; the other two go to the log of the
 * request that the writing thread serves, or else to the server's. */
PyObject *wsgi_log_new(PyTypeObject *type, wsgi_log_stream stream, wsgi_request *request);

/* The same as a text stream, as Python's own standard streams are. */
PyObject *wsgi_log_text_stream(const wsgi_interpreter *interpreter, wsgi_log_stream stream, wsgi_request *request);

/* Whose error log gets what no request is the cause of. */
extern server_rec *wsgi_log_server;

/* Writes one record at an Apache level, APLOG_ERR for one. Call as wsgi_log_text(). */
void wsgi_log(const wsgi_exchange *exchange, int level, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Writes text to the error log, one record per line. Call without the GIL; `exchange` may be NULL. */
void wsgi_log_text(const wsgi_exchange *exchange, int level, const char *text, size_t length);

/* The function log(level, text) of the current interpreter, for Python code: one record per line at an Apache level, for the
 * request of the calling thread if it serves one. It returns whether Apache writes that level at all, and may be asked
 * so with None for the text. */
PyObject *wsgi_log_function(void);

/* Writes what has no end of line yet, and forgets it. Call as wsgi_log_text(). */
void wsgi_log_rest(const wsgi_exchange *exchange, wsgi_line *line);

/* Writes `message` and the current exception with its traceback to the error log, and clears the exception. `exchange`
 * may be NULL. Call with the GIL. */
void wsgi_log_exception(const wsgi_exchange *exchange, const char *message);

#endif
