#include "variables.h"

#include <unistd.h>

#include "labels.h"
#include "trusted.h"


static const char *request_uri(const request_rec *r)
{
    while (r->prev || r->main)
        r = r->prev ? r->prev : r->main;
    return r->unparsed_uri;
}


static const char *url_scheme(const request_rec *r)
{
    const char *https = apr_table_get(r->subprocess_env, "HTTPS");

    if (https)
        return !strcasecmp(https, "On") || !strcmp(https, "1") ? "https" : "http";
    return strcmp(ap_http_scheme(r), "https") ? "http" : "https";
}


static void collect_variables(request_rec *r, const wsgi_settings *settings)
{
    apr_table_t *variables;
    const char *authorization = apr_table_get(r->headers_in, "Authorization");

    ap_add_common_vars(r);
    variables = r->subprocess_env;
    /* Not ap_add_cgi_vars(): it runs a subrequest to find PATH_TRANSLATED, which no WSGI application is given. */
    apr_table_setn(variables, "SERVER_PROTOCOL", r->protocol);
    apr_table_setn(variables, "REQUEST_METHOD", r->method);
    apr_table_setn(variables, "QUERY_STRING", r->args ? r->args : "");
    apr_table_setn(variables, "REQUEST_URI", request_uri(r));
    apr_table_setn(variables, "SCRIPT_NAME", wsgi_script_name(r));
    apr_table_setn(variables, "PATH_INFO", r->path_info ? r->path_info : "");
    if (settings->pass_authorization && authorization)
        apr_table_setn(variables, "HTTP_AUTHORIZATION", authorization);
    /* A chunked body has no length that is known, whatever the client said besides. */
    if (apr_table_get(r->headers_in, "Transfer-Encoding"))
        apr_table_unset(variables, "CONTENT_LENGTH");
    if (wsgi_config_of_folder(r)->trusted_headers)
        wsgi_trusted_apply(r, wsgi_config_of_folder(r), variables);
}


/* Filters that change the content may need all of it to say what the headers of a GET would be. */
static int has_content_filter(const request_rec *r)
{
    const ap_filter_t *filter;

    for (filter = r->output_filters; filter; filter = filter->next)
        if (filter->frec->ftype < AP_FTYPE_PROTOCOL)
            return 1;
    return 0;
}


static int is_head_mapped(const request_rec *r, const wsgi_settings *settings)
{
    return r->header_only && r->method_number == M_GET &&
           (settings->map_head == WSGI_MAP_HEAD_ON ||
            (settings->map_head == WSGI_MAP_HEAD_AUTO && has_content_filter(r)));
}


void wsgi_variables_collect(request_rec *r, const wsgi_settings *settings, wsgi_exchange *exchange)
{
    const conn_rec *c = r->connection;
    const int is_mapped = is_head_mapped(r, settings);

    collect_variables(r, settings);
    if (is_mapped)
        apr_table_setn(r->subprocess_env, "REQUEST_METHOD", "GET");
    exchange->script_name = wsgi_script_name(r);
    if (!r->log_id)
        ap_run_generate_log_id(r->connection, r, &r->log_id);
    exchange->pool = r->pool;
    exchange->settings = settings;
    exchange->script = *settings->handler_script ? settings->handler_script : r->filename;
    exchange->modified = r->finfo.mtime;
    exchange->variables = apr_table_elts(r->subprocess_env);
    exchange->path_info = r->path_info ? r->path_info : "";
    exchange->url_scheme = url_scheme(r);
    exchange->listener_host = c->local_addr->hostname ? c->local_addr->hostname : "";
    exchange->listener_port = c->local_addr->port;
    exchange->request_id = r->log_id ? r->log_id : "";
    exchange->connection_id = c->log_id;
    exchange->server_pid = (int)getpid();
    exchange->request_start = r->request_time;
    exchange->body_length = r->remaining;
    exchange->header_only = r->header_only && !is_mapped;
}
