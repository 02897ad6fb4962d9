/* The %{...} labels of group names and of WSGICallableObject. A label is one only when it is the whole value. */

#ifndef WSGI_LABELS_H
#define WSGI_LABELS_H

#include "apache.h"

/* The name of an application group for this request; empty for the main interpreter. */
const char *wsgi_expand_group(request_rec *r, const char *name);

/* The name of the callable for this request; "application" where `name` is NULL or names an unset variable. */
const char *wsgi_expand_callable(request_rec *r, const char *name);

/* The group that `name` means whatever the request is (empty for %{GLOBAL}), or NULL if it depends on a request. */
const char *wsgi_fixed_group(const char *name);

/* SCRIPT_NAME: the part of the URL in front of PATH_INFO, repeated slashes collapsed. */
const char *wsgi_script_name(request_rec *r);

#endif
