/* Facts about the Apache process and its multi-processing module. */

#ifndef WSGI_PROCESS_H
#define WSGI_PROCESS_H

#include "apache.h"

typedef struct {
    int maximum_processes;
    int threads_per_process;
    int is_multithread;
    int is_multiprocess;
    int is_only_process;  /* httpd -X: the process that was started serves the requests itself */
} wsgi_process;

/* The facts for the running server. Valid from child_init on. */
wsgi_process wsgi_process_facts(void);

#endif
