/* The processes of all groups, seen from Apache's parent: their sockets, their supervisor, starts and restarts. */

#ifndef WSGI_PROCESSES_H
#define WSGI_PROCESSES_H

#include "apache.h"

/* Makes the sockets and starts the supervisor; ends them with the configuration, gracefully if that is how the server
 * is restarted. Returns OK, or an HTTP status with the reason logged. To be called in each start and restart. */
int wsgi_processes_start(apr_pool_t *config_pool, server_rec *server);

/* In a process of Apache that serves clients: lets go of what is the parent's. */
void wsgi_processes_leave(void);

#endif
