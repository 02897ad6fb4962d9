/* One request as the Python objects made for it see it. They may outlive the request: what they hold is this, which is
 * counted, and which stops leading to the exchange when the request ends. */

#ifndef WSGI_REQUEST_H
#define WSGI_REQUEST_H

#include "python_compat.h"

#include <sys/resource.h>

#include "exchange.h"
#include "line.h"
#include "thread.h"

struct wsgi_request {
    wsgi_exchange *exchange;  /* NULL once the request is over; read it by wsgi_request_enter() */
    wsgi_interpreter *interpreter;
    wsgi_thread *owner;         /* who has it from the server */
    wsgi_thread *thread;        /* who calls the application: the same, or the runner (turn.h) */
    apr_time_t begun;
    struct wsgi_request *outer; /* the one that the owner serves again when this one has ended */
    int is_interrupted;         /* mod_wsgi.RequestTimeout is on its way; changed with the GIL held, as the next */
    int is_over;                /* changed with the GIL held */
    PyObject **late;            /* where a response that is sent at the very end is put */
    PyObject *data;             /* the dict of mod_wsgi.request_data(), NULL where there is no application */
    /* What it costs; counted with the exchange held, or the GIL where times are of interest (is_measured). */
    int is_measured;
    long input_reads;
    apr_off_t input_length;
    apr_time_t input_time;
    long output_writes;
    apr_off_t output_length;
    apr_time_t output_time;
    apr_time_t gil_wait_time;
    long gil_wait_count;
    struct rusage usage_before;
    struct rusage usage_after;
    wsgi_line errors;           /* written to wsgi.errors without an end of line */
    PyThread_type_lock exchanging;  /* held while a thread uses the exchange without the GIL: it is for one at a time */
    int references;             /* changed with the GIL held */
};

/* Begins a request of `owner` in the calling thread, which holds the GIL. NULL with MemoryError set when there is no memory. */
wsgi_request *wsgi_request_begin(wsgi_exchange *exchange, wsgi_interpreter *interpreter, wsgi_thread *owner);

/* Ends it: waits for other threads that use its exchange; from now on its objects refuse work. */
void wsgi_request_end(wsgi_request *request);

wsgi_request *wsgi_request_share(wsgi_request *request);
void wsgi_request_release(wsgi_request *request);

/* Lets go of the GIL and has the exchange alone. Returns the exchange, or NULL if the request is over; either way
 * wsgi_request_leave() must follow, and takes the GIL back. */
wsgi_exchange *wsgi_request_enter(wsgi_request *request, PyThreadState **saved);
void wsgi_request_leave(wsgi_request *request, PyThreadState *saved);

#endif
