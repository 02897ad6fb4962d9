/* What happens to requests and to the process, told to those who have subscribed (mod_wsgi.subscribe_events and others).
 * All functions are called with the GIL held; an exception of a subscriber is logged and stops nobody. */

#ifndef WSGI_EVENTS_H
#define WSGI_EVENTS_H

#include "python_compat.h"

#include "interpreter.h"
#include "request.h"

/* Whether anybody listens in that interpreter: nothing is made for an event that nobody hears. */
int wsgi_events_are_heard(const wsgi_interpreter *interpreter);

/* Returns the callable that is to answer the request, which a subscriber may replace (a new reference). */
PyObject *wsgi_event_request_started(wsgi_request *request, PyObject *application, PyObject *environ);

void wsgi_event_response_started(wsgi_request *request, PyObject *status, PyObject *headers, PyObject *exc_info);

/* The current exception has left the application; it stays set. */
void wsgi_event_request_exception(wsgi_request *request);

/* `status` is 0 where there was no response. */
void wsgi_event_request_finished(wsgi_request *request, int status);

/* Before the interpreters of the process end, in each of them. */
void wsgi_event_process_stopping(wsgi_interpreter *interpreter);

/* The process got a signal that is the applications': SIGHUP or SIGUSR2. */
void wsgi_event_process_signal(wsgi_interpreter *interpreter, int number);

/* Why the process ends; what was said first counts. Needs no GIL. */
void wsgi_event_set_reason(const char *reason);

/* Adds request_data() and the functions and lists of subscribers to the module mod_wsgi. */
int wsgi_events_add_functions(const wsgi_interpreter *interpreter, PyObject *module);

#endif
