/* The name=value options behind a directive. */

#ifndef WSGI_OPTIONS_H
#define WSGI_OPTIONS_H

#include "apache.h"

/* Behind the name of a directive or an option of New Relic's. */
#define WSGI_NEW_RELIC_ADVICE \
    "start the agent in the WSGI script, or let mod_wsgi-express do so, which has options of the same names"

/* Takes the next name=value off `line`; the pair as a whole may be quoted as well. Returns an error, or NULL with
 * *name NULL at the end of the line. */
const char *wsgi_next_option(cmd_parms *cmd, const char **line, const char **name, const char **value);

const char *wsgi_unknown_option(cmd_parms *cmd, const char *name);

/* Reads On or Off, whatever the case. Returns whether it is one. */
int wsgi_parse_flag(const char *value, int *flag);

/* Reads a number of seconds above 0. Returns whether it is one. */
int wsgi_parse_seconds(const char *text, double *seconds);

#endif
