/* Text that waits for its end of line. */

#ifndef WSGI_LINE_H
#define WSGI_LINE_H

#include <stddef.h>

typedef struct {
    char *text;
    size_t length;
    size_t capacity;
} wsgi_line;

/* Adds `length` bytes. Returns 0, or -1 when there is no memory. */
int wsgi_line_append(wsgi_line *line, const char *text, size_t length);

/* Takes everything up to and with the last end of line; the caller frees it. NULL if there is none, or no memory. */
char *wsgi_line_take_complete(wsgi_line *line, size_t *length);

void wsgi_line_free(wsgi_line *line);

#endif
