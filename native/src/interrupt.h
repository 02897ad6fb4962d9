/* Ending a request that takes too long, from outside: interrupt-timeout of WSGIDaemonProcess. */

#ifndef WSGI_INTERRUPT_H
#define WSGI_INTERRUPT_H

#include "thread.h"

/* Raises mod_wsgi.RequestTimeout in the request that `thread` serves, if that one began before `before`. Does not wait:
 * somebody may hold the GIL. */
void wsgi_interrupt(wsgi_thread *thread, apr_time_t before);

#endif
