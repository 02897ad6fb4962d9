/* Facts about the process that Python runs in: one of Apache's, or one of a process group. */

#ifndef WSGI_PROCESS_H
#define WSGI_PROCESS_H

#include "apache.h"
#include "group.h"

typedef struct {
    int maximum_processes;
    int threads_per_process;
    int is_multithread;
    int is_multiprocess;
    int is_run_once;
    int has_server_metrics;
    const char *process_group;  /* empty in Apache's own processes */
    const char *label;          /* how the log names the process */
    const char *python_home;    /* these three may be NULL */
    const char *python_path;
    double switch_interval;     /* seconds, 0: Python's own */
    const char *home;           /* to be the first entry of sys.path */
    int is_only_process;  /* httpd -X: the process that was started serves the requests itself */
} wsgi_process;

/* From now on the process is one of that group. */
void wsgi_process_join(const wsgi_group *group);

int wsgi_process_is_daemon(void);

/* What a path is called in this process, which may have another root. */
const char *wsgi_process_path(const char *path);

/* The facts for the running server. Valid from child_init on. */
wsgi_process wsgi_process_facts(void);

#endif
