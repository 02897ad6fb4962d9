/* From Apache's request to the facts that an environ is made of. */

#ifndef WSGI_VARIABLES_H
#define WSGI_VARIABLES_H

#include "apache.h"
#include "config.h"
#include "exchange.h"

/* Collects the CGI variables and the other facts of `r` in `exchange`; what it points to lives as long as the request. */
void wsgi_variables_collect(request_rec *r, const wsgi_settings *settings, wsgi_exchange *exchange);

#endif
