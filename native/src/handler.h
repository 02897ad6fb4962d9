/* The content handler: whether the request may run a script at all. */

#ifndef WSGI_HANDLER_H
#define WSGI_HANDLER_H

#include "apache.h"

#define WSGI_HANDLER_NAME "wsgi-script"

/* handler hook. */
int wsgi_handle_request(request_rec *r);

#endif
