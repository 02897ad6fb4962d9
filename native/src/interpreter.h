/* Python in one Apache process: its start and end, and its interpreters by name (application groups). */

#ifndef WSGI_INTERPRETER_H
#define WSGI_INTERPRETER_H

#include "python_compat.h"

#include "apache.h"
#include "environ_keys.h"

/* One application group. All fields are made with the interpreter and read with the GIL held. */
struct wsgi_interpreter {
    const char *name;  /* empty for the main interpreter */
    PyInterpreterState *state;
    PyObject *bootstrap;         /* the functions of bootstrap.py, a dict */
    PyObject *module;            /* the Python module mod_wsgi */
    PyObject *text_stream;       /* bootstrap.text_stream */
    PyObject *environ_template;  /* entries that are the same for every request, a dict */
    PyObject *environ_keys[WSGI_KEY_COUNT];
    PyTypeObject *log_type;
    PyTypeObject *input_type;
    PyTypeObject *response_type;
    PyTypeObject *file_wrapper_type;
    PyTypeObject *restricted_type;
    apr_hash_t *scripts;  /* path → wsgi_script, see script.c */
    apr_array_header_t *thread_states;  /* PyThreadState * of Apache's threads */
    apr_pool_t *pool;
    struct wsgi_interpreter *next;
};

#include "thread.h"

/* Starts Python in an Apache child. What goes wrong is logged, and wsgi_interpreter_enter() then finds nothing. */
void wsgi_python_start(apr_pool_t *child_pool, server_rec *server);

/* Enters the interpreter of that name, making it if there is none yet: the calling thread then holds the GIL with its
 * own thread state. NULL, with the reason logged, if there is no such interpreter to be had. */
wsgi_interpreter *wsgi_interpreter_enter(const char *name);
void wsgi_interpreter_leave(void);

/* How the log names it. */
const char *wsgi_interpreter_label(const wsgi_interpreter *interpreter, apr_pool_t *pool);

#endif
