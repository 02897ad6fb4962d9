/* Directives: what they may hold, where they apply, and what is in force for one request. */

#ifndef WSGI_CONFIG_H
#define WSGI_CONFIG_H

#include "apache.h"

/* A flag or number that was not written. */
#define WSGI_UNSET (-1)

/* The function of a WSGIHandlerScript that answers requests. */
#define WSGI_HANDLER_FUNCTION "handle_request"

/* Values of WSGIMapHEADToGET. */
enum { WSGI_MAP_HEAD_OFF, WSGI_MAP_HEAD_ON, WSGI_MAP_HEAD_AUTO };

/* A WSGIScriptAlias or WSGIScriptAliasMatch. Options that were not written are NULL or WSGI_UNSET. */
typedef struct {
    const char *url_path;  /* the prefix; NULL for the Match form */
    ap_regex_t *pattern;   /* NULL for the prefix form */
    const char *target;    /* file or folder; with $1..$9 in the Match form */
    const char *process_group;
    const char *application_group;
    const char *callable_object;
    int pass_authorization;
} wsgi_mount;

/* A script that each process loads when it starts. */
typedef struct {
    const char *path;
    const char *process_group;  /* empty: Apache's own processes */
    const char *application_group;
} wsgi_import;

/* A Python file whose functions decide about requests in Apache's own processes. */
typedef struct {
    const char *path;
    const char *application_group;
} wsgi_hook_script;

/* A WSGIHandlerScript: its handler name leads to it. */
typedef struct {
    const char *path;
    wsgi_mount options;
} wsgi_handler_script;

/* Per server and virtual host. The Python settings exist in the main server's only. */
typedef struct {
    apr_array_header_t *mounts;  /* of wsgi_mount */
    apr_array_header_t *imports; /* of wsgi_import */
    const char *python_home;
    const char *python_path;
    int restrict_stdin;
    int restrict_stdout;
    int restrict_embedded;
    const char *socket_prefix;
    int python_optimize;                  /* WSGI_UNSET: as Python's environment says, as the next */
    int dont_write_bytecode;
    const char *python_hash_seed;         /* NULL: as Python's environment says; "random" or a number */
    apr_array_header_t *python_warnings;  /* of const char * */
    const char *python_eggs;
    double switch_interval;               /* seconds, 0: Python's own */
    int restrict_signal;
    int destroy_interpreter;
    int case_sensitivity;
    int socket_rotation;
    int server_metrics;
} wsgi_server_config;

/* Per folder; at server level Apache keeps it as the outermost folder's and merges inwards. What was not written is
 * NULL or WSGI_UNSET. */
typedef struct {
    const char *process_group;
    const char *application_group;
    const char *callable_object;
    const apr_array_header_t *restricted_groups;  /* of const char *: the process groups that may be chosen */
    apr_hash_t *handlers;                         /* handler name → wsgi_handler_script */
    const wsgi_hook_script *dispatch_script;
    const wsgi_hook_script *access_script;
    const wsgi_hook_script *user_script;
    const wsgi_hook_script *group_script;
    const apr_array_header_t *trusted_headers;    /* of const char *: names as CGI variables */
    const apr_array_header_t *trusted_proxies;    /* of apr_ipsubnet_t * */
    int script_reloading;
    int chunked_request;
    int pass_authorization;
    int error_override;
    int enable_sendfile;
    int map_head;
    int ignore_activity;
    int pass_apache_request;
} wsgi_directory_config;

/* What is in force for one request, labels expanded. */
typedef struct {
    const char *process_group;     /* empty: embedded mode */
    const char *application_group; /* empty: the main interpreter */
    int is_group_fixed;            /* its name stands in the configuration: no request has made it up */
    const char *callable_object;
    const char *request_handler;
    const char *handler_script;    /* empty for other scripts */
    int script_reloading;
    int chunked_request;
    int pass_authorization;
    int error_override;
    int enable_sendfile;
    int ignore_activity;
    int pass_apache_request;
    int map_head;
} wsgi_settings;

void *wsgi_create_server_config(apr_pool_t *pool, server_rec *server);
void *wsgi_merge_server_config(apr_pool_t *pool, void *base, void *virtual_host);
void *wsgi_create_directory_config(apr_pool_t *pool, char *directory);
void *wsgi_merge_directory_config(apr_pool_t *pool, void *base, void *inner);

/* The configuration of `server`; never NULL. */
wsgi_server_config *wsgi_config_of_server(const server_rec *server);

/* What is in force in the folder of the request; never NULL. */
const wsgi_directory_config *wsgi_config_of_folder(const request_rec *r);

/* Resolves the options of the mount or handler script over the folder's directives over the defaults. Allocated from
 * the request's pool. `handler` is NULL but for a WSGIHandlerScript. */
wsgi_settings *wsgi_settings_for_request(request_rec *r, const wsgi_handler_script *handler);

/* Chooses an interpreter by name or label. */
void wsgi_settings_set_application_group(request_rec *r, wsgi_settings *settings, const char *name);

#endif
