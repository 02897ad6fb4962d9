/* What httpd has and the code under test calls, as httpd's documentation of each function has it. */

#include "apache.h"
#include "config.h"
#include "delivery.h"
#include "mount.h"

module AP_MODULE_DECLARE_DATA wsgi_module;
server_rec *ap_server_conf;

static wsgi_server_config server_config = {.case_sensitivity = 1};


wsgi_server_config *wsgi_config_of_server(const server_rec *server)
{
    (void)server;
    return &server_config;
}


const char *ap_scan_http_token(const char *text)
{
    while (*text && (apr_isalnum(*text) || strchr("!#$%&'*+-.^_`|~", *text)))
        text++;
    return text;
}


const char *ap_scan_http_field_content(const char *text)
{
    while (*text && (*text == '\t' || ((unsigned char)*text >= 0x20 && *text != 0x7f)))
        text++;
    return text;
}


int ap_find_path_info(const char *uri, const char *path_info)
{
    int length = (int)strlen(uri);
    int left = (int)strlen(path_info);

    while (length-- && left-- && uri[length] == path_info[left])
        ;
    if (length < 0)
        length = 0;
    while (uri[length] && uri[length] != '/')
        length++;
    return length;
}


void ap_no2slash(char *name)
{
    char *to = name;

    for (; *name; name++)
        if (*name != '/' || name[1] != '/')
            *to++ = *name;
    *to = '\0';
}


void ap_str_tolower(char *text)
{
    for (; *text; text++)
        *text = (char)apr_tolower(*text);
}


apr_port_t ap_get_server_port(const request_rec *r)
{
    return r->server->port;
}


/* Reads every byte, so that the sanitizer sees where they come from. */
static void look_at(request_rec *r, const char *text)
{
    apr_pstrdup(r->pool, text);
}


void wsgi_deliver_status(request_rec *r, int code, const char *status)
{
    r->status = code;
    look_at(r, status);
}


void wsgi_deliver_header(request_rec *r, const char *name, const char *value, int is_overridden)
{
    (void)is_overridden;
    look_at(r, name);
    look_at(r, value);
}


void ap_set_content_length(request_rec *r, apr_off_t length)
{
    r->clength = length;
}
