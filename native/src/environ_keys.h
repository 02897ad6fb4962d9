/* The environ keys that are known in advance: each interpreter makes their str once. */

#ifndef WSGI_ENVIRON_KEYS_H
#define WSGI_ENVIRON_KEYS_H

#define WSGI_ENVIRON_KEYS(KEY)                                      \
    KEY(REQUEST_METHOD, "REQUEST_METHOD")                           \
    KEY(SCRIPT_NAME, "SCRIPT_NAME")                                 \
    KEY(PATH_INFO, "PATH_INFO")                                     \
    KEY(QUERY_STRING, "QUERY_STRING")                               \
    KEY(CONTENT_TYPE, "CONTENT_TYPE")                               \
    KEY(CONTENT_LENGTH, "CONTENT_LENGTH")                           \
    KEY(SERVER_NAME, "SERVER_NAME")                                 \
    KEY(SERVER_PORT, "SERVER_PORT")                                 \
    KEY(SERVER_PROTOCOL, "SERVER_PROTOCOL")                         \
    KEY(SERVER_SOFTWARE, "SERVER_SOFTWARE")                         \
    KEY(SERVER_ADDR, "SERVER_ADDR")                                 \
    KEY(SERVER_ADMIN, "SERVER_ADMIN")                               \
    KEY(REMOTE_ADDR, "REMOTE_ADDR")                                 \
    KEY(REMOTE_PORT, "REMOTE_PORT")                                 \
    KEY(REMOTE_USER, "REMOTE_USER")                                 \
    KEY(AUTH_TYPE, "AUTH_TYPE")                                     \
    KEY(REQUEST_SCHEME, "REQUEST_SCHEME")                           \
    KEY(REQUEST_URI, "REQUEST_URI")                                 \
    KEY(DOCUMENT_ROOT, "DOCUMENT_ROOT")                             \
    KEY(SCRIPT_FILENAME, "SCRIPT_FILENAME")                         \
    KEY(CONTEXT_PREFIX, "CONTEXT_PREFIX")                           \
    KEY(CONTEXT_DOCUMENT_ROOT, "CONTEXT_DOCUMENT_ROOT")             \
    KEY(HTTP_ACCEPT, "HTTP_ACCEPT")                                 \
    KEY(HTTP_ACCEPT_ENCODING, "HTTP_ACCEPT_ENCODING")               \
    KEY(HTTP_ACCEPT_LANGUAGE, "HTTP_ACCEPT_LANGUAGE")               \
    KEY(HTTP_AUTHORIZATION, "HTTP_AUTHORIZATION")                   \
    KEY(HTTP_CACHE_CONTROL, "HTTP_CACHE_CONTROL")                   \
    KEY(HTTP_CONNECTION, "HTTP_CONNECTION")                         \
    KEY(HTTP_COOKIE, "HTTP_COOKIE")                                 \
    KEY(HTTP_HOST, "HTTP_HOST")                                     \
    KEY(HTTP_REFERER, "HTTP_REFERER")                               \
    KEY(HTTP_TRANSFER_ENCODING, "HTTP_TRANSFER_ENCODING")           \
    KEY(HTTP_USER_AGENT, "HTTP_USER_AGENT")                         \
    KEY(HTTP_X_FORWARDED_FOR, "HTTP_X_FORWARDED_FOR")               \
    KEY(HTTP_X_FORWARDED_PROTO, "HTTP_X_FORWARDED_PROTO")           \
    KEY(WSGI_VERSION, "wsgi.version")                               \
    KEY(WSGI_URL_SCHEME, "wsgi.url_scheme")                         \
    KEY(WSGI_INPUT, "wsgi.input")                                   \
    KEY(WSGI_INPUT_TERMINATED, "wsgi.input_terminated")             \
    KEY(WSGI_ERRORS, "wsgi.errors")                                 \
    KEY(WSGI_MULTITHREAD, "wsgi.multithread")                       \
    KEY(WSGI_MULTIPROCESS, "wsgi.multiprocess")                     \
    KEY(WSGI_RUN_ONCE, "wsgi.run_once")                             \
    KEY(WSGI_FILE_WRAPPER, "wsgi.file_wrapper")                     \
    KEY(APACHE_REQUEST_REC, "apache.request_rec")                   \
    KEY(APACHE_VERSION, "apache.version")                           \
    KEY(MOD_WSGI_VERSION, "mod_wsgi.version")                       \
    KEY(MOD_WSGI_PROCESS_GROUP, "mod_wsgi.process_group")           \
    KEY(MOD_WSGI_APPLICATION_GROUP, "mod_wsgi.application_group")   \
    KEY(MOD_WSGI_CALLABLE_OBJECT, "mod_wsgi.callable_object")       \
    KEY(MOD_WSGI_REQUEST_HANDLER, "mod_wsgi.request_handler")       \
    KEY(MOD_WSGI_HANDLER_SCRIPT, "mod_wsgi.handler_script")         \
    KEY(MOD_WSGI_SCRIPT_NAME, "mod_wsgi.script_name")               \
    KEY(MOD_WSGI_PATH_INFO, "mod_wsgi.path_info")                   \
    KEY(MOD_WSGI_LISTENER_HOST, "mod_wsgi.listener_host")           \
    KEY(MOD_WSGI_LISTENER_PORT, "mod_wsgi.listener_port")           \
    KEY(MOD_WSGI_REQUEST_ID, "mod_wsgi.request_id")                 \
    KEY(MOD_WSGI_CONNECTION_ID, "mod_wsgi.connection_id")           \
    KEY(MOD_WSGI_THREAD_ID, "mod_wsgi.thread_id")                   \
    KEY(MOD_WSGI_SERVER_PID, "mod_wsgi.server_pid")                 \
    KEY(MOD_WSGI_REQUEST_START, "mod_wsgi.request_start")           \
    KEY(MOD_WSGI_QUEUE_START, "mod_wsgi.queue_start")               \
    KEY(MOD_WSGI_DAEMON_START, "mod_wsgi.daemon_start")             \
    KEY(MOD_WSGI_APPLICATION_START, "mod_wsgi.application_start")

#define WSGI_KEY_ENUM(name, text) WSGI_KEY_##name,
enum { WSGI_ENVIRON_KEYS(WSGI_KEY_ENUM) WSGI_KEY_COUNT };
#undef WSGI_KEY_ENUM

#endif
