/* The connections of one Apache process to the process groups: kept open between requests. */

#ifndef WSGI_CONNECTIONS_H
#define WSGI_CONNECTIONS_H

#include "channel.h"
#include "group.h"

/* Once per Apache process. */
void wsgi_connections_init(apr_pool_t *child_pool);

/* A connection that is ready for a request: one that was kept, or a new one (*is_new) if there is none or if `only_new`.
 * Returns NULL with the reason in *status: APR_TIMEUP if nobody accepted it within connect-timeout. */
wsgi_channel *wsgi_connection_take(const wsgi_group *group, int only_new, apr_interval_time_t timeout, int *is_new,
                                   apr_status_t *status);

/* Keeps it for the next request. `is_ready` if the daemon has said so; otherwise it is used once it has. */
void wsgi_connection_keep(const wsgi_group *group, wsgi_channel *channel, int is_ready);

void wsgi_connection_close(wsgi_channel *channel);

#endif
