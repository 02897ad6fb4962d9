/* The directives: their table, and the functions that read them. */

#ifndef WSGI_DIRECTIVES_H
#define WSGI_DIRECTIVES_H

#include "apache.h"

extern const command_rec wsgi_directives[];

/* Forgets what was read: before the configuration is read again. */
void wsgi_directives_reset(void);

/* Whether a WSGIAccessScript, WSGIAuthUserScript, WSGIAuthGroupScript or WSGIDispatchScript was read: they run in
 * Apache's own processes, whatever WSGIRestrictEmbedded says. */
int wsgi_hook_scripts_are_used(void);

#endif
