/* The threads of a daemon process, and who of them serves which connection. */

#ifndef WSGI_WORKERS_H
#define WSGI_WORKERS_H

#include "group.h"

/* What happens to a process by its requests; called by the thread that served one. */
typedef enum { WSGI_SCRIPT_CHANGED, WSGI_REQUESTS_REACHED } wsgi_worker_news;

typedef void wsgi_worker_report(wsgi_worker_news news);

/* Starts the threads; they accept connections from the group's listener from now on. APR_SUCCESS or the reason why there
 * are not enough of them. */
apr_status_t wsgi_workers_start(const wsgi_group *group, wsgi_worker_report *report);

/* Takes no more requests: connections that wait are told to try another process. */
void wsgi_workers_drain(void);

/* Requests being served. */
int wsgi_workers_active(void);

/* Raises mod_wsgi.RequestTimeout in the requests that have taken that long and were not told before. Returns how many. */
int wsgi_workers_interrupt(apr_interval_time_t limit);

/* When the first of them was told that has not ended since, 0: none. */
apr_time_t wsgi_workers_oldest_interrupted(void);

/* When the oldest request being served began, 0 if there is none; when the last one ended or began. */
apr_time_t wsgi_workers_oldest(void);
apr_time_t wsgi_workers_last_activity(void);

#endif
