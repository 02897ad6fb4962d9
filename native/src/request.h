/* One request as the Python objects made for it see it. They may outlive the request: what they hold is this, which is
 * counted, and which stops leading to Apache's request_rec when the request ends. */

#ifndef WSGI_REQUEST_H
#define WSGI_REQUEST_H

#include "python_compat.h"

#include "apache.h"
#include "config.h"
#include "line.h"
#include "thread.h"

struct wsgi_request {
    request_rec *r;  /* NULL once the request is over; read it by wsgi_request_enter() */
    wsgi_interpreter *interpreter;
    wsgi_thread *thread;
    const wsgi_settings *settings;
    int is_over;                /* changed with the GIL held */
    int is_answered;            /* Apache has sent its error page for a bad body; see input.c */
    wsgi_line errors;           /* written to wsgi.errors without an end of line */
    PyThread_type_lock apache;  /* held while a thread uses `r` without the GIL: pools and filters are for one thread */
    int references;             /* changed with the GIL held */
};

/* Begins a request in the calling thread, which holds the GIL. NULL with MemoryError set when there is no memory. */
wsgi_request *wsgi_request_begin(request_rec *r, wsgi_interpreter *interpreter, const wsgi_settings *settings);

/* Ends it: waits for other threads that are in Apache for it; from now on its objects refuse work. */
void wsgi_request_end(wsgi_request *request);

wsgi_request *wsgi_request_share(wsgi_request *request);
void wsgi_request_release(wsgi_request *request);

/* Lets go of the GIL and enters Apache alone. Returns the request_rec, or NULL if the request is over; either way
 * wsgi_request_leave() must follow, and takes the GIL back. */
request_rec *wsgi_request_enter(wsgi_request *request, PyThreadState **saved);
void wsgi_request_leave(wsgi_request *request, PyThreadState *saved);

#endif
