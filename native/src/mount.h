/* URL to script: the translation phase of WSGIScriptAlias and WSGIScriptAliasMatch. */

#ifndef WSGI_MOUNT_H
#define WSGI_MOUNT_H

#include "apache.h"
#include "config.h"

/* translate_name hook: sets the file name and the handler where a mount matches. */
int wsgi_translate_name(request_rec *r);

/* The mount that answered the request, or NULL when SetHandler or AddHandler led here. */
const wsgi_mount *wsgi_mount_of_request(request_rec *r);

#endif
