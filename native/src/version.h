/* The release of mod_wsgi whose behaviour this module has. */

#ifndef WSGI_VERSION_H
#define WSGI_VERSION_H

#define WSGI_VERSION_MAJOR 4
#define WSGI_VERSION_MINOR 4
#define WSGI_VERSION_PATCH 0
#define WSGI_VERSION_TEXT "4.4.0"

#endif
