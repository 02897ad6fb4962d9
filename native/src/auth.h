/* Who may see what: WSGIAccessScript, WSGIAuthUserScript, WSGIAuthGroupScript. */

#ifndef WSGI_AUTH_H
#define WSGI_AUTH_H

#include "apache.h"

/* The hook for access by where a request comes from. */
int wsgi_check_access(request_rec *r);

/* Makes the provider `wsgi` for AuthBasicProvider and AuthDigestProvider, and `wsgi-group` for Require. */
void wsgi_auth_register(apr_pool_t *pool);

#endif
