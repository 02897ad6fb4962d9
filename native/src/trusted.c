#include "trusted.h"

#include "apr_network_io.h"

/* What a header is about: the headers of one kind say the same thing in other words. */
typedef enum { CLIENT, HOST, PORT, SERVER, SCHEME, MOUNT, KINDS } kind;

typedef struct {
    const char *header;
    const char *variable;
    kind about;
} known_header;

static const known_header known[] = {
    {"X-Forwarded-For", "HTTP_X_FORWARDED_FOR", CLIENT},
    {"X-Client-IP", "HTTP_X_CLIENT_IP", CLIENT},
    {"X-Real-IP", "HTTP_X_REAL_IP", CLIENT},
    {"X-Forwarded-Host", "HTTP_X_FORWARDED_HOST", HOST},
    {"X-Host", "HTTP_X_HOST", HOST},
    {"X-Forwarded-Port", "HTTP_X_FORWARDED_PORT", PORT},
    {"X-Forwarded-Server", "HTTP_X_FORWARDED_SERVER", SERVER},
    {"X-Forwarded-Proto", "HTTP_X_FORWARDED_PROTO", SCHEME},
    {"X-Forwarded-Scheme", "HTTP_X_FORWARDED_SCHEME", SCHEME},
    {"X-Scheme", "HTTP_X_SCHEME", SCHEME},
    {"X-Forwarded-HTTPS", "HTTP_X_FORWARDED_HTTPS", SCHEME},
    {"X-Forwarded-SSL", "HTTP_X_FORWARDED_SSL", SCHEME},
    {"X-HTTPS", "HTTP_X_HTTPS", SCHEME},
    {"X-Script-Name", "HTTP_X_SCRIPT_NAME", MOUNT},
    {"X-Forwarded-Script-Name", "HTTP_X_FORWARDED_SCRIPT_NAME", MOUNT},
};

#define KNOWN (sizeof(known) / sizeof(*known))


const char *wsgi_trusted_variable(const char *header)
{
    size_t i;

    for (i = 0; i < KNOWN; i++)
        if (!strcasecmp(header, known[i].header))
            return known[i].variable;
    return NULL;
}


const char *wsgi_trusted_names(apr_pool_t *pool)
{
    const char *names = known[0].header;
    size_t i;

    for (i = 1; i < KNOWN; i++)
        names = apr_pstrcat(pool, names, ", ", known[i].header, NULL);
    return names;
}


apr_ipsubnet_t *wsgi_trusted_subnet(apr_pool_t *pool, const char *text)
{
    apr_ipsubnet_t *subnet;
    char *address = apr_pstrdup(pool, text);
    char *mask = strchr(address, '/');

    if (mask)
        *mask++ = '\0';
    /* Of a name, APR would look up the address. */
    if (!*address || address[strspn(address, "0123456789abcdefABCDEF.:")])
        return NULL;
    return apr_ipsubnet_create(&subnet, address, mask, pool) == APR_SUCCESS ? subnet : NULL;
}


static int is_trusted_address(const wsgi_directory_config *config, const char *text, apr_pool_t *pool)
{
    apr_sockaddr_t *address;
    int i;

    if (!*text || text[strspn(text, "0123456789abcdefABCDEF.:")] ||
        apr_sockaddr_info_get(&address, text, APR_UNSPEC, 0, 0, pool) != APR_SUCCESS)
        return 0;
    for (i = 0; i < config->trusted_proxies->nelts; i++)
        if (apr_ipsubnet_test(APR_ARRAY_IDX(config->trusted_proxies, i, apr_ipsubnet_t *), address))
            return 1;
    return 0;
}


static const char *trimmed(apr_pool_t *pool, const char *start, const char *end)
{
    while (start < end && apr_isspace(*start))
        start++;
    while (start < end && apr_isspace(end[-1]))
        end--;
    return apr_pstrmemdup(pool, start, end - start);
}


/* The first of a list of addresses where nobody is named who is trusted; else the last one that is none of them: what
 * stands in front of it was said by the client. */
static const char *client_of(const wsgi_directory_config *config, const char *list, apr_pool_t *pool)
{
    const char *end = list + strlen(list);
    const char *address;

    if (!config->trusted_proxies)
        return trimmed(pool, list, list + strcspn(list, ","));
    for (;;) {
        const char *start = end;

        while (start > list && start[-1] != ',')
            start--;
        address = trimmed(pool, start, end);
        if (start == list || !is_trusted_address(config, address, pool))
            return address;
        end = start - 1;
    }
}


static int says_https(const char *variable, const char *value)
{
    if (!strcmp(variable, "HTTP_X_FORWARDED_PROTO") || !strcmp(variable, "HTTP_X_FORWARDED_SCHEME") ||
        !strcmp(variable, "HTTP_X_SCHEME"))
        return !strcasecmp(value, "https");
    return !strcasecmp(value, "on") || !strcasecmp(value, "true") || !strcmp(value, "1");
}


/* The application is mounted elsewhere in the client's eyes. */
static void set_mount(apr_table_t *variables, const char *value, apr_pool_t *pool)
{
    const char *mount = apr_pstrmemdup(pool, value, strlen(value) - (*value && value[strlen(value) - 1] == '/'));
    const char *path = apr_pstrcat(pool, apr_table_get(variables, "SCRIPT_NAME"), apr_table_get(variables, "PATH_INFO"), NULL);
    const size_t length = strlen(mount);

    apr_table_setn(variables, "mod_wsgi.mount_point", mount);
    apr_table_setn(variables, "SCRIPT_NAME", mount);
    /* A proxy that does not take its own prefix off the path. */
    if (!strncmp(path, mount, length) && (!path[length] || path[length] == '/'))
        apr_table_setn(variables, "PATH_INFO", path + length);
}


static void believe(const wsgi_directory_config *config, const known_header *header, const char *value,
                    apr_table_t *variables, apr_pool_t *pool)
{
    switch (header->about) {
    case CLIENT:
        apr_table_setn(variables, "REMOTE_ADDR",
                       strcmp(header->variable, "HTTP_X_FORWARDED_FOR") ? value : client_of(config, value, pool));
        break;
    case HOST:
        apr_table_setn(variables, "HTTP_HOST", value);
        break;
    case PORT:
        apr_table_setn(variables, "SERVER_PORT", value);
        break;
    case SERVER:
        apr_table_setn(variables, "SERVER_NAME", value);
        break;
    case SCHEME:
        apr_table_setn(variables, "HTTPS", says_https(header->variable, value) ? "on" : "off");
        break;
    default:
        set_mount(variables, value, pool);
        break;
    }
}


void wsgi_trusted_apply(const request_rec *r, const wsgi_directory_config *config, apr_table_t *variables)
{
    int is_believed = !config->trusted_proxies || is_trusted_address(config, r->useragent_ip, r->pool);
    const known_header *counted[KINDS] = {NULL};
    int is_listed[KINDS] = {0};
    int i;
    size_t j;

    for (i = 0; i < config->trusted_headers->nelts; i++)
        for (j = 0; j < KNOWN; j++) {
            const char *variable = APR_ARRAY_IDX(config->trusted_headers, i, const char *);

            if (variable != known[j].variable)
                continue;
            is_listed[known[j].about] = 1;
            if (is_believed && !counted[known[j].about] && apr_table_get(variables, variable))
                counted[known[j].about] = &known[j];
        }
    for (j = 0; j < KNOWN; j++) {
        const kind about = known[j].about;

        if (counted[about] == &known[j])
            believe(config, &known[j], apr_table_get(variables, known[j].variable), variables, r->pool);
        else if (is_listed[about])
            apr_table_unset(variables, known[j].variable);
    }
}
