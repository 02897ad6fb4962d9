/* WSGIDispatchScript: a Python file that chooses where a request runs. */

#ifndef WSGI_DISPATCH_H
#define WSGI_DISPATCH_H

#include "config.h"

/* Asks the script of the folder, if there is one, and changes the settings to its answers. Returns OK, or a status
 * with the reason logged. */
int wsgi_dispatch(request_rec *r, wsgi_settings *settings);

#endif
