/* What the module knows about an operating system thread: its Python thread states, the request it serves, and the
 * text it has written to stdout and stderr without an end of line. */

#ifndef WSGI_THREAD_H
#define WSGI_THREAD_H

#include "python_compat.h"

#include "apache.h"
#include "line.h"
#include "turn.h"

typedef struct wsgi_interpreter wsgi_interpreter;
typedef struct wsgi_request wsgi_request;

/* One interpreter's thread state of this thread. */
typedef struct wsgi_thread_state {
    wsgi_interpreter *interpreter;
    PyThreadState *state;
    struct wsgi_thread_state *next;
} wsgi_thread_state;

typedef struct {
    unsigned long python_id;   /* as Python has it: threading.get_ident() */
    int id;                    /* 1, 2, … in the order of first use: mod_wsgi.thread_id */
    wsgi_request *request;     /* being served, by this thread or for it, or NULL */
    volatile int inside;       /* interpreters entered and not left */
    wsgi_turn turn;
    wsgi_thread_state *states;
    wsgi_line standard_output;
    wsgi_line standard_error;
} wsgi_thread;

/* Once per process, before any other function here. */
void wsgi_threads_init(apr_pool_t *child_pool);

/* The calling thread's; made on first use, freed when the thread ends. */
wsgi_thread *wsgi_thread_current(void);

#endif
