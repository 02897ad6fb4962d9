/* Runs the application for one request. */

#ifndef WSGI_APPLICATION_H
#define WSGI_APPLICATION_H

#include "exchange.h"

/* The script has changed, and this process is to be replaced rather than to load it again. */
#define WSGI_OUTDATED (-100)

/* Loads the script if need be, calls its application and sends the response. Returns what a handler
 * returns, or WSGI_OUTDATED in a daemon process. */
int wsgi_application_run(wsgi_exchange *exchange);

#endif
