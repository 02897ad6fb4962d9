/* One process between Apache's parent and the daemon processes. It has the parent's privileges, runs no Python, starts
 * the processes of all groups and starts others in their place: at once, because waiting for them is all it does. */

#ifndef WSGI_SUPERVISOR_H
#define WSGI_SUPERVISOR_H

#include "apache.h"

/* Descriptors whose end tells of the end of others. */
typedef struct {
    int parent;       /* Apache's parent */
    int generation;   /* all of Apache's processes of this start or restart */
} wsgi_lifelines;

/* Runs the supervisor in the process that was forked for it, until its end. SIGTERM stops it, with all that it has
 * started; SIGUSR1 says that the server was restarted gracefully: it stops when the last process of Apache that may have
 * a request for it has ended, at the latest after each group's graceful-timeout. */
void wsgi_supervisor_run(const wsgi_lifelines *lifelines, pid_t parent) __attribute__((noreturn));

#endif
