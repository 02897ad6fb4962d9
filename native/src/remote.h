/* Daemon mode, Apache's side: hands a request to a process of a group and its response to the client. */

#ifndef WSGI_REMOTE_H
#define WSGI_REMOTE_H

#include "config.h"
#include "group.h"

/* Returns what a handler returns. */
int wsgi_remote_run(request_rec *r, const wsgi_settings *settings, const wsgi_group *group);

#endif
