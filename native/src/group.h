/* Process groups: what a WSGIDaemonProcess says, and what its processes and Apache's share. */

#ifndef WSGI_GROUP_H
#define WSGI_GROUP_H

#include "apache.h"

#define WSGI_SECRET_SIZE 32

/* Where an account is not given. */
#define WSGI_NO_USER ((uid_t)-1)
#define WSGI_NO_GROUP ((gid_t)-1)

typedef struct {
    const char *name;
    server_rec *server;      /* where it is defined */
    int processes;
    int is_multiprocess;     /* processes= was written */
    int threads;             /* 0: a service, which runs its import scripts and serves no requests */
    const char *user;        /* name of the account, NULL: Apache's */
    uid_t uid;
    gid_t gid;
    int has_user;
    int has_group;
    int umask;               /* -1: inherited */
    const char *home;
    const char *python_home;
    const char *python_path;
    const char *display_name;
    const char *python_eggs;
    const char *lang;
    const char *locale;
    uid_t socket_uid;        /* WSGI_NO_USER: Apache's */
    uid_t script_uid;        /* whose scripts must be, WSGI_NO_USER: anybody's; the next likewise */
    gid_t script_gid;
    const char *chroot;
    int server_metrics;
    int listen_backlog;
    int maximum_requests;
    int startup_timeout;     /* this and all timeouts in seconds, 0: none */
    int shutdown_timeout;
    int deadlock_timeout;
    int inactivity_timeout;
    int request_timeout;
    int graceful_timeout;
    int eviction_timeout;
    int restart_interval;
    int connect_timeout;
    int socket_timeout;
    int queue_timeout;
    int interrupt_timeout;
    int response_socket_timeout;
    int response_flush_delay;  /* milliseconds */
    int cpu_priority;
    int cpu_time_limit;      /* seconds */
    apr_off_t memory_limit;  /* bytes, as the next */
    apr_off_t virtual_memory_limit;
    int stack_size;
    double switch_interval;       /* seconds, 0: as WSGISwitchInterval says */
    gid_t *supplementary_groups;  /* NULL: those of the account */
    int supplementary_count;
    int send_buffer_size;
    int receive_buffer_size;
    int header_buffer_size;    /* of a response: what its longest header may take; 0: no limit of its own */
    int response_buffer_size;  /* bytes that go to Apache's filters without a flush; 0: 8 MiB */
    /* Made when the server starts; see processes.c. */
    int listener;
    const char *socket_path;
    unsigned char secret[WSGI_SECRET_SIZE];
} wsgi_group;

/* Forgets all groups: before the configuration is read. */
void wsgi_groups_reset(apr_pool_t *config_pool);

/* All groups, an array of wsgi_group *, in the order of their definition. */
const apr_array_header_t *wsgi_groups(void);

/* The group of that name, NULL if there is none. */
wsgi_group *wsgi_group_named(const char *name);

/* Whether a request of that server may use the group: one of the main server is for all, one of a virtual host for the
 * virtual hosts of the same ServerName. */
int wsgi_group_is_visible(const wsgi_group *group, const server_rec *server);

/* What a path is called by the group's processes, which may have another root. */
const char *wsgi_group_path(const wsgi_group *group, const char *path);

/* The directive. Returns NULL or the sentence that Apache prints. */
const char *wsgi_group_define(cmd_parms *cmd, void *directory, const char *line);

#endif
