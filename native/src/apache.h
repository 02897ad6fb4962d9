/* Apache's headers, and the module's identity in the error log ([wsgi:error]). */

#ifndef WSGI_APACHE_H
#define WSGI_APACHE_H

#include "ap_config.h"
#include "ap_mpm.h"
#include "ap_release.h"
#include "apr_hash.h"
#include "apr_lib.h"
#include "apr_strings.h"
#include "apr_tables.h"
#include "apr_thread_mutex.h"
#include "apr_thread_proc.h"
#include "http_config.h"
#include "http_core.h"
#include "http_log.h"
#include "http_main.h"
#include "http_protocol.h"
#include "http_request.h"
#include "httpd.h"
#include "util_filter.h"
#include "util_md5.h"
#include "util_script.h"

APLOG_USE_MODULE(wsgi);

#endif
