#include "mount.h"

#include "handler.h"


/* How much of `uri` the prefix covers, 0 if it does not match. Repeated slashes count as one, and the prefix ends
 * where a path segment ends. */
static size_t covered(const char *uri, const char *prefix)
{
    const char *at = uri;
    const char *want = prefix;

    while (*want) {
        if (*want == '/') {
            if (*at != '/')
                return 0;
            while (*want == '/')
                want++;
            while (*at == '/')
                at++;
        }
        else if (*want++ != *at++) {
            return 0;
        }
    }
    if (want[-1] != '/' && *at && *at != '/')
        return 0;
    return at - uri;
}


static const char *file_of_prefix(request_rec *r, const wsgi_mount *mount)
{
    size_t length;

    /* The root matches everything, and what follows keeps its slash. */
    if (!strcmp(mount->url_path, "/"))
        return apr_pstrcat(r->pool, mount->target, r->uri, NULL);
    length = covered(r->uri, mount->url_path);
    return length ? apr_pstrcat(r->pool, mount->target, r->uri + length, NULL) : NULL;
}


static const char *file_of_pattern(request_rec *r, const wsgi_mount *mount)
{
    ap_regmatch_t groups[AP_MAX_REG_MATCH];
    const char *file;

    if (ap_regexec(mount->pattern, r->uri, AP_MAX_REG_MATCH, groups, 0))
        return NULL;
    file = ap_pregsub(r->pool, mount->target, r->uri, AP_MAX_REG_MATCH, groups);
    /* What the pattern leaves of the URL is the PATH_INFO, as with a prefix. */
    return file ? apr_pstrcat(r->pool, file, r->uri + groups[0].rm_eo, NULL) : NULL;
}


/* The first mount that the URL lies under, and in *file what it leads to, path info included; NULL where none does. */
static const wsgi_mount *find_mount(request_rec *r, const char **file)
{
    const apr_array_header_t *mounts = wsgi_config_of_server(r->server)->mounts;
    int i;

    for (i = 0; i < mounts->nelts; i++) {
        const wsgi_mount *mount = &APR_ARRAY_IDX(mounts, i, wsgi_mount);

        *file = mount->pattern ? file_of_pattern(r, mount) : file_of_prefix(r, mount);
        if (*file)
            return mount;
    }
    return NULL;
}


static const wsgi_mount *set_mount(request_rec *r, const wsgi_mount *mount)
{
    ap_set_module_config(r->request_config, &wsgi_module, (void *)mount);
    return mount;
}


int wsgi_translate_name(request_rec *r)
{
    const wsgi_mount *mount;
    const char *file;

    if (r->uri[0] != '/')
        return DECLINED;
    mount = find_mount(r, &file);
    if (!mount)
        return DECLINED;
    r->filename = (char *)file;
    r->canonical_filename = r->filename;
    r->handler = WSGI_HANDLER_NAME;
    set_mount(r, mount);
    return OK;
}


const wsgi_mount *wsgi_mount_of_request(request_rec *r)
{
    const wsgi_mount *mount = ap_get_module_config(r->request_config, &wsgi_module);
    const char *file;
    size_t length;

    if (mount)
        return mount;
    /* mod_dir looks for an index by a subrequest, and passes on what that found without what modules keep of it. */
    mount = r->uri && r->filename ? find_mount(r, &file) : NULL;
    if (!mount)
        return NULL;
    length = strlen(r->filename);
    if (strncmp(file, r->filename, length) || (file[length] && file[length] != '/'))
        return NULL;
    return set_mount(r, mount);
}
