/* The functions of a Python file that Apache asks about a request (access, authentication, dispatch). They run in
 * Apache's own processes, with an environ but no body. */

#ifndef WSGI_HOOK_H
#define WSGI_HOOK_H

#include "python_compat.h"

#include "config.h"
#include "exchange.h"
#include "request.h"

typedef struct {
    request_rec *r;
    const wsgi_hook_script *script;
    wsgi_exchange *exchange;
    wsgi_request *request;
    PyObject *module;
    PyObject *environ;
} wsgi_hook;

/* Enters the script's interpreter, the script loaded. Returns 1; or 0 with the reason logged, and then it must not be
 * left. */
int wsgi_hook_enter(wsgi_hook *hook, request_rec *r, const wsgi_hook_script *script);
void wsgi_hook_leave(wsgi_hook *hook);

/* Whether the script has that function. */
int wsgi_hook_has(const wsgi_hook *hook, const char *function);

/* Calls function(environ, first, second) with as many texts as there are before the first NULL. Returns the result, or
 * NULL with the exception logged. */
PyObject *wsgi_hook_call(const wsgi_hook *hook, const char *function, const char *first, const char *second);

/* Logs for the request. */
void wsgi_hook_complain(const wsgi_hook *hook, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
