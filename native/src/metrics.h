/* What requests cost: counted for each one where somebody wants to know, and summed up for the process. All functions are
 * called with the GIL held. */

#ifndef WSGI_METRICS_H
#define WSGI_METRICS_H

#include "python_compat.h"

#include "apache.h"
#include "request.h"

/* Whether what requests cost is to be measured: mod_wsgi.start_recording_metrics() was called. */
int wsgi_metrics_are_recorded(void);

/* The process starts to serve. */
void wsgi_metrics_init(void);

/* A request begins, and has ended with that HTTP status (0: none). */
void wsgi_metrics_begin(wsgi_request *request);
void wsgi_metrics_end(wsgi_request *request, int status);

/* Adds start_recording_metrics(), request_metrics(), process_metrics() and server_metrics() to a Python module. */
int wsgi_metrics_add_functions(PyObject *module);

#endif
