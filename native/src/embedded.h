/* Embedded mode: the exchange of a request that Python serves inside Apache's own process. */

#ifndef WSGI_EMBEDDED_H
#define WSGI_EMBEDDED_H

#include "apache.h"
#include "config.h"

#include "exchange.h"

/* The exchange of a request in this process, allocated from the request's pool. */
wsgi_exchange *wsgi_embedded_exchange(request_rec *r, const wsgi_settings *settings);

/* Runs the request's application in this process. Returns what a handler returns. */
int wsgi_embedded_run(request_rec *r, const wsgi_settings *settings);

#endif
