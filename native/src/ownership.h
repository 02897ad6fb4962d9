/* Whose files a process group runs: script-user and script-group of WSGIDaemonProcess. */

#ifndef WSGI_OWNERSHIP_H
#define WSGI_OWNERSHIP_H

#include "group.h"

/* Whether the script and its folder belong to whom the group wants, and nobody else may write to them. The sentence
 * that says what is wrong, from the pool, or NULL. */
const char *wsgi_ownership_check(const wsgi_group *group, const char *script, apr_pool_t *pool);

#endif
