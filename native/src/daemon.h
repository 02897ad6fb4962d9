/* The life of one daemon process. */

#ifndef WSGI_DAEMON_H
#define WSGI_DAEMON_H

#include "group.h"

/* What a daemon process writes to its supervisor, one byte each. */
#define WSGI_DAEMON_SERVES 'S'   /* it has started, and takes requests */
#define WSGI_DAEMON_RETIRES 'R'  /* start another one in its place */

/* What the supervisor answers to that, when the other one serves. */
#define WSGI_DAEMON_REPLACED 'G'

/* Runs the process that the supervisor has forked for `group` until its end. `supervisor` is a socket to it: its end is
 * the supervisor's. */
void wsgi_daemon_run(const wsgi_group *group, int supervisor, pid_t parent) __attribute__((noreturn));

#endif
