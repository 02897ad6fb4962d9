#include "handler.h"

#include "config.h"
#include "dispatch.h"
#include "embedded.h"
#include "group.h"
#include "mount.h"
#include "ownership.h"
#include "remote.h"


static int refuse(request_rec *r, int status, const char *message)
{
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "%s", message);
    return status;
}


static int check_script(request_rec *r)
{
    if (!wsgi_mount_of_request(r) && !(ap_allow_options(r) & OPT_EXECCGI))
        return refuse(r, HTTP_FORBIDDEN,
                      apr_psprintf(r->pool, "WSGI0134: Options ExecCGI is off in this directory: %s", r->filename));
    if (r->finfo.filetype == APR_NOFILE)
        return refuse(r, HTTP_NOT_FOUND,
                      apr_psprintf(r->pool, "WSGI0135: Target WSGI script not found or unable to stat: %s", r->filename));
    if (r->finfo.filetype == APR_DIR)
        return refuse(r, HTTP_FORBIDDEN,
                      apr_psprintf(r->pool, "WSGI0136: Attempt to invoke directory as WSGI application: %s", r->filename));
    if (r->used_path_info == AP_REQ_REJECT_PATH_INFO && r->path_info && *r->path_info)
        return refuse(r, HTTP_NOT_FOUND,
                      apr_psprintf(r->pool, "WSGI0137: AcceptPathInfo off disallows user's path: %s", r->filename));
    return OK;
}


/* Decides on the body before the application runs, and prepares reading it. */
static int check_body(request_rec *r, const wsgi_settings *settings)
{
    const char *coding = apr_table_get(r->headers_in, "Transfer-Encoding");
    const apr_off_t limit = ap_get_limit_req_body(r);
    int status;

    if (coding && strcasecmp(coding, "chunked"))
        return refuse(r, HTTP_NOT_IMPLEMENTED,
                      apr_psprintf(r->pool, "WSGI0138: Unexpected value for Transfer-Encoding of '%s' supplied; only "
                                   "'chunked' is supported.", coding));
    if (coding && !settings->chunked_request)
        return refuse(r, HTTP_LENGTH_REQUIRED,
                      "WSGI0139: Request requires chunked transfer encoding; allow it with WSGIChunkedRequest On.");
    status = ap_setup_client_block(r, settings->chunked_request ? REQUEST_CHUNKED_DECHUNK : REQUEST_CHUNKED_ERROR);
    if (status != OK)
        return status;
    if (limit > 0 && r->remaining > limit)
        return refuse(r, HTTP_REQUEST_ENTITY_TOO_LARGE,
                      apr_psprintf(r->pool, "Content-Length of %" APR_OFF_T_FMT " is larger than LimitRequestBody "
                                   "(%" APR_OFF_T_FMT ") allows.", r->remaining, limit));
    return OK;
}


/* WSGIRestrictProcess; embedded mode is the group %{GLOBAL} there. */
static int is_permitted(const request_rec *r, const char *process_group)
{
    const apr_array_header_t *allowed = wsgi_config_of_folder(r)->restricted_groups;
    int i;

    if (!allowed)
        return 1;
    for (i = 0; i < allowed->nelts; i++) {
        const char *name = APR_ARRAY_IDX(allowed, i, const char *);

        if (!strcmp(strcmp(name, "%{GLOBAL}") ? name : "", process_group))
            return 1;
    }
    return 0;
}


/* The process group of a request in *group, NULL for Apache's own processes. Returns OK or a status. */
static int find_group(request_rec *r, const wsgi_settings *settings, const wsgi_group **group)
{
    *group = NULL;
    if (!is_permitted(r, settings->process_group))
        return refuse(r, HTTP_INTERNAL_SERVER_ERROR,
                      apr_psprintf(r->pool, "WSGI0149: Daemon process called '%s' cannot be accessed by this WSGI application "
                                   "as not a member of allowed groups: %s", settings->process_group, r->filename));
    if (!*settings->process_group) {
        if (!wsgi_config_of_server(ap_server_conf)->restrict_embedded)
            return OK;
        return refuse(r, HTTP_INTERNAL_SERVER_ERROR,
                      apr_psprintf(r->pool, "WSGI0143: Embedded mode of mod_wsgi disabled by runtime configuration: %s",
                                   r->filename));
    }
    *group = wsgi_group_named(settings->process_group);
    if (!*group)
        return refuse(r, HTTP_INTERNAL_SERVER_ERROR,
                      apr_psprintf(r->pool, "WSGI015%d: No WSGI daemon process called '%s' has been configured: %s",
                                   wsgi_groups()->nelts != 0, settings->process_group, r->filename));
    if (!(*group)->threads)
        return refuse(r, HTTP_INTERNAL_SERVER_ERROR,
                      apr_psprintf(r->pool, "Process group '%s' has no threads (threads=0) and serves no requests: %s",
                                   settings->process_group, r->filename));
    if (!wsgi_group_is_visible(*group, r->server))
        return refuse(r, HTTP_INTERNAL_SERVER_ERROR,
                      apr_psprintf(r->pool, "WSGI0152: Daemon process called '%s' cannot be accessed by this WSGI "
                                   "application. It belongs to another virtual host: %s", settings->process_group,
                                   r->filename));
    return OK;
}


static int check_ownership(request_rec *r, const wsgi_settings *settings, const wsgi_group *group)
{
    const char *script = *settings->handler_script ? settings->handler_script : r->filename;
    const char *error = wsgi_ownership_check(group, script, r->pool);

    return error ? refuse(r, HTTP_FORBIDDEN, error) : OK;
}


static const wsgi_handler_script *handler_script(const request_rec *r)
{
    apr_hash_t *handlers = wsgi_config_of_folder(r)->handlers;

    return handlers ? apr_hash_get(handlers, r->handler, APR_HASH_KEY_STRING) : NULL;
}


int wsgi_handle_request(request_rec *r)
{
    const wsgi_handler_script *handler;
    const wsgi_group *group;
    wsgi_settings *settings;
    int status;

    if (!r->handler)
        return DECLINED;
    handler = handler_script(r);
    if (!handler && strcmp(r->handler, WSGI_HANDLER_NAME))
        return DECLINED;
    /* What a handler script does with what the URL leads to is its own affair. */
    status = handler ? OK : check_script(r);
    if (status != OK)
        return status;
    settings = wsgi_settings_for_request(r, handler);
    status = wsgi_dispatch(r, settings);
    if (status == OK)
        status = find_group(r, settings, &group);
    if (status == OK && group)
        status = check_ownership(r, settings, group);
    if (status == OK)
        status = check_body(r, settings);
    if (status != OK)
        return status;
    return group ? wsgi_remote_run(r, settings, group) : wsgi_embedded_run(r, settings);
}
