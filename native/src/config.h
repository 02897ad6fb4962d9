/* Directives: what they may hold, where they apply, and what is in force for one request. */

#ifndef WSGI_CONFIG_H
#define WSGI_CONFIG_H

#include "apache.h"

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
} wsgi_server_config;

/* What is in force for one request, labels expanded. */
typedef struct {
    const char *process_group;     /* empty: embedded mode */    
    const char *application_group; /* empty: the main interpreter */
    const char *callable_object;
    int script_reloading;
    int chunked_request;
    int pass_authorization;
} wsgi_settings;

extern const command_rec wsgi_directives[];

void *wsgi_create_server_config(apr_pool_t *pool, server_rec *server);
void *wsgi_merge_server_config(apr_pool_t *pool, void *base, void *virtual_host);
void *wsgi_create_directory_config(apr_pool_t *pool, char *directory);
void *wsgi_merge_directory_config(apr_pool_t *pool, void *base, void *inner);

/* The configuration of `server`; never NULL. */
wsgi_server_config *wsgi_config_of_server(const server_rec *server);

/* Resolves mount options over the folder's directives over the defaults. Allocated from the request's pool. */
const wsgi_settings *wsgi_settings_for_request(request_rec *r);

#endif
