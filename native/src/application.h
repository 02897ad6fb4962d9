/* Runs the application for one request. */

#ifndef WSGI_APPLICATION_H
#define WSGI_APPLICATION_H

#include "exchange.h"

/* Loads the script if need be, calls its application and sends the response. Returns what a handler returns. */
int wsgi_application_run(wsgi_exchange *exchange);

#endif
