/* The life of one daemon process. */

#ifndef WSGI_DAEMON_H
#define WSGI_DAEMON_H

#include "group.h"

/* What a daemon process writes to its supervisor, one byte each. */
#define WSGI_DAEMON_SERVES 'S'   /* it has started, and takes requests */
#define WSGI_DAEMON_RETIRES 'R'  /* it takes no more of them: start another one */

/* Runs the process that the supervisor has forked for `group` until its end. `supervisor` is a socket to it: its end is
 * the supervisor's. */
void wsgi_daemon_run(const wsgi_group *group, int supervisor, pid_t parent) __attribute__((noreturn));

#endif
