/* The interpreters of one Apache process by name (application groups), from their making to their end. */

#ifndef WSGI_INTERPRETER_H
#define WSGI_INTERPRETER_H

#include "python_compat.h"

#include "apache.h"
#include "environ_keys.h"

/* One application group. All fields are made with the interpreter and read with the GIL held. */
struct wsgi_interpreter {
    const char *name;   /* empty for the main interpreter */
    const char *label;  /* how the log names it */
    PyInterpreterState *state;
    PyObject *bootstrap;         /* the functions of bootstrap.py, a dict */
    PyObject *module;            /* the Python module mod_wsgi */
    PyObject *text_stream;       /* bootstrap.text_stream */
    PyObject *request_timeout;   /* mod_wsgi.RequestTimeout */
    PyObject *event_callbacks;   /* the list mod_wsgi.event_callbacks */
    PyObject *active_requests;   /* the dict mod_wsgi.active_requests */
    PyObject *environ_template;  /* entries that are the same for every request, a dict */
    PyObject *environ_keys[WSGI_KEY_COUNT];
    PyTypeObject *log_type;
    PyTypeObject *input_type;
    PyTypeObject *response_type;
    PyTypeObject *file_wrapper_type;
    PyTypeObject *restricted_type;
    apr_hash_t *scripts;  /* path → wsgi_script, see script.c */
    apr_array_header_t *thread_states;  /* wsgi_thread_state * of Apache's threads; interpreter.c only */
    apr_pool_t *pool;                   /* used with the GIL held */
    volatile void *sent;                /* responses to let go of, see wsgi_response_drop_sent() */
    int is_fixed;                       /* its name stands in the configuration */
    struct wsgi_interpreter *next;
};

#include "thread.h"

/* Once per process, before Python starts. */
void wsgi_interpreters_init(apr_pool_t *child_pool);

/* Makes what Python has just started the main interpreter, and lets go of the GIL. All interpreters, and Python, end
 * when the pool does. What goes wrong is logged, and wsgi_interpreter_enter() then finds nothing. */
void wsgi_interpreters_begin(apr_pool_t *child_pool);

/* How many interpreters a process makes whose names come from requests (%{HOST}, %{RESOURCE}, …): a client can make up
 * any number of them. */
#define WSGI_MOST_NAMED_BY_REQUESTS 100

/* The interpreter of that name, made if there is none yet. NULL, with the reason logged, if there is no such interpreter
 * to be had; it is also that for a name that is not `is_fixed` once there are as many as there may be. Without the GIL. */
wsgi_interpreter *wsgi_interpreter_find(const char *name, int is_fixed);

/* Enters it: the calling thread then holds the GIL with its own thread state. */
void wsgi_interpreter_enter(wsgi_interpreter *interpreter);
void wsgi_interpreter_leave(void);

/* Calls `visit` in each interpreter that there is, entered. */
void wsgi_interpreters_visit(void (*visit)(wsgi_interpreter *interpreter, int number), int number);

#endif
