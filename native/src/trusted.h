/* Headers by which proxies say how the client sees a request: WSGITrustedProxyHeaders, WSGITrustedProxies. */

#ifndef WSGI_TRUSTED_H
#define WSGI_TRUSTED_H

#include "apache.h"
#include "config.h"

/* The CGI variable of a header that is understood, NULL for others. */
const char *wsgi_trusted_variable(const char *header);

/* The headers that are understood, for a message. */
const char *wsgi_trusted_names(apr_pool_t *pool);

/* An address or network such as 10.0.0.0/8, NULL if `text` is none. */
apr_ipsubnet_t *wsgi_trusted_subnet(apr_pool_t *pool, const char *text);

/* Changes the CGI variables of a request to what its proxies say, as far as they are trusted. Of the headers that say
 * the same thing in other words only the one that counted is left, so that no application believes another one. */
void wsgi_trusted_apply(const request_rec *r, const wsgi_directory_config *config, apr_table_t *variables);

#endif
