/* The options of WSGIDaemonProcess. */

#ifndef WSGI_GROUP_OPTIONS_H
#define WSGI_GROUP_OPTIONS_H

#include "group.h"

/* What a group has whose options say nothing. */
void wsgi_group_set_defaults(wsgi_group *group);

/* Reads one option into the group. Returns NULL or the sentence that Apache prints. */
const char *wsgi_group_read_option(cmd_parms *cmd, wsgi_group *group, const char *name, const char *value);

#endif
