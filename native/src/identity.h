/* As whom and where a daemon process runs. */

#ifndef WSGI_IDENTITY_H
#define WSGI_IDENTITY_H

#include "group.h"

/* Takes on the account, folder, language and title of the group. Returns 0, with the reason logged, if it cannot. */
int wsgi_identity_take(const wsgi_group *group);

#endif
