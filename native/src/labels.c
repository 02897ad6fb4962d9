#include "labels.h"

#include "config.h"

#define ENV_PREFIX "%{ENV:"


const char *wsgi_script_name(request_rec *r)
{
    char *name;
    int length;

    if (!r->path_info || !*r->path_info) {
        name = apr_pstrdup(r->pool, r->uri);
    }
    else {
        length = ap_find_path_info(r->uri, r->path_info);
        name = apr_pstrmemdup(r->pool, r->uri, length);
    }
    ap_no2slash(name);
    return name;
}


static const char *with_port(request_rec *r, const char *host)
{
    const apr_port_t port = ap_get_server_port(r);

    if (port == DEFAULT_HTTP_PORT || port == DEFAULT_HTTPS_PORT)
        return host;
    return apr_psprintf(r->pool, "%s:%u", host, port);
}


static const char *server_name(request_rec *r)
{
    return with_port(r, r->server->server_hostname);
}


static const char *host_name(request_rec *r)
{
    return with_port(r, r->hostname && *r->hostname ? r->hostname : r->server->server_hostname);
}


/* The variable of a %{ENV:variable} label, NULL if `name` is none or the variable is unset. */
static const char *variable(request_rec *r, const char *name)
{
    const size_t length = strlen(name);
    const char *key;
    const char *value;

    if (strncmp(name, ENV_PREFIX, strlen(ENV_PREFIX)) || name[length - 1] != '}')
        return NULL;
    key = apr_pstrmemdup(r->pool, name + strlen(ENV_PREFIX), length - strlen(ENV_PREFIX) - 1);
    value = apr_table_get(r->notes, key);
    if (!value)
        value = apr_table_get(r->subprocess_env, key);
    return value ? value : getenv(key);
}


static const char *expand_plain_label(request_rec *r, const char *name)
{
    if (!strcmp(name, "%{GLOBAL}"))
        return "";
    if (!strcmp(name, "%{SERVER}"))
        return server_name(r);
    if (!strcmp(name, "%{HOST}"))
        return host_name(r);
    if (!strcmp(name, "%{RESOURCE}")) {
        char *script = (char *)wsgi_script_name(r);

        if (!wsgi_config_of_server(ap_server_conf)->case_sensitivity)
            ap_str_tolower(script);
        return apr_pstrcat(r->pool, server_name(r), "|", script, NULL);
    }
    return name;
}


const char *wsgi_expand_group(request_rec *r, const char *name)
{
    const char *value = variable(r, name);

    return expand_plain_label(r, value ? value : name);
}


const char *wsgi_expand_callable(request_rec *r, const char *name)
{
    const char *value;

    if (!name)
        return "application";
    value = variable(r, name);
    if (value)
        return value;
    return strncmp(name, ENV_PREFIX, strlen(ENV_PREFIX)) ? name : "application";
}


const char *wsgi_fixed_group(const char *name)
{
    if (!name)
        return NULL;
    if (!strcmp(name, "%{GLOBAL}"))
        return "";
    return strncmp(name, "%{", 2) ? name : NULL;
}
