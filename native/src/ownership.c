#include "ownership.h"

#include <sys/stat.h>


static const char *check(const wsgi_group *group, const char *what, const char *path, apr_pool_t *pool)
{
    struct stat info;

    if (stat(path, &info) < 0)
        return apr_psprintf(pool, "WSGI0164: Could not stat the %s '%s' to see whose it is", what, path);
    if (group->script_uid != WSGI_NO_USER && info.st_uid != group->script_uid)
        return apr_psprintf(pool, "WSGI0162: Owner of %s '%s' is uid=%ld, not the one of script-user (uid=%ld)", what, path,
                            (long)info.st_uid, (long)group->script_uid);
    if (group->script_gid != WSGI_NO_GROUP && info.st_gid != group->script_gid)
        return apr_psprintf(pool, "WSGI0153: Group of %s '%s' is gid=%ld, not the one of script-group (gid=%ld)", what, path,
                            (long)info.st_gid, (long)group->script_gid);
    if (info.st_mode & S_IWOTH)
        return apr_psprintf(pool, "WSGI0166: World permissions of %s '%s' allow writing; take them away with chmod o-w", what,
                            path);
    if (group->script_uid != WSGI_NO_USER && info.st_mode & S_IWGRP)
        return apr_psprintf(pool, "WSGI0165: Group permissions of %s '%s' allow writing; take them away with chmod g-w", what,
                            path);
    return NULL;
}


const char *wsgi_ownership_check(const wsgi_group *group, const char *script, apr_pool_t *pool)
{
    const char *error;

    if (group->script_uid == WSGI_NO_USER && group->script_gid == WSGI_NO_GROUP)
        return NULL;
    error = check(group, "WSGI script file", script, pool);
    return error ? error : check(group, "parent directory", ap_make_dirstr_parent(pool, script), pool);
}
