/* The response: start_response(), write(), and the ways of sending a body. */

#ifndef WSGI_RESPONSE_H
#define WSGI_RESPONSE_H

#include "python_compat.h"

#include "request.h"

/* What became of a body. */
typedef enum {
    WSGI_SENT,         /* all of it is Apache's now */
    WSGI_CLIENT_GONE,  /* nobody reads it */
    WSGI_FAILED        /* an exception is set */
} wsgi_outcome;

/* Makes the type mod_wsgi.Adapter for the current interpreter. */
PyTypeObject *wsgi_response_type(void);

PyObject *wsgi_response_new(PyTypeObject *type, wsgi_request *request);

/* Sends what the application returned: any iterable of bytes. */
wsgi_outcome wsgi_response_send(PyObject *response, PyObject *iterable);

/* The HTTP status that start_response() was given last, 0 if it was not called. */
int wsgi_response_status(PyObject *response);

/* Sends what was put into request->late by wsgi_response_send(). Without the GIL; the request has ended. */
void wsgi_response_send_late(wsgi_exchange *exchange, PyObject *late);

/* Lets go of what has been sent so, with the GIL held. */
void wsgi_response_drop_sent(wsgi_interpreter *interpreter);

/* Makes the client see that the response is not whole, if any of it was sent: the connection ends without the end of
 * the body. Returns whether the client has got any answer. */
int wsgi_response_cut(PyObject *response);

#endif
