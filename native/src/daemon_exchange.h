/* A daemon process's side of one request: the exchange over the channel to Apache. */

#ifndef WSGI_DAEMON_EXCHANGE_H
#define WSGI_DAEMON_EXCHANGE_H

#include "channel.h"
#include "group.h"

/* What became of a connection by a request. */
typedef enum {
    WSGI_KEEP,      /* ready for the next one */
    WSGI_CLOSE,
    WSGI_REPLACE    /* the request was not begun: the process has to be replaced, because a script has changed */
} wsgi_served;

/* Receives one request from the channel, runs its application and sends the response. `pool` is
 * for the request, and is cleared. *is_ignored becomes 1 if it does not count as activity. */
wsgi_served wsgi_daemon_serve(wsgi_channel *channel, const wsgi_group *group, apr_pool_t *pool, int *is_ignored);

#endif
