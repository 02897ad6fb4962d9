#include "line.h"

#include <stdlib.h>
#include <string.h>


int wsgi_line_append(wsgi_line *line, const char *text, size_t length)
{
    if (line->capacity - line->length < length) {
        const size_t capacity = (line->length + length) * 2;
        char *grown = realloc(line->text, capacity);

        if (!grown)
            return -1;
        line->text = grown;
        line->capacity = capacity;
    }
    if (length)
        memcpy(line->text + line->length, text, length);
    line->length += length;
    return 0;
}


char *wsgi_line_take_complete(wsgi_line *line, size_t *length)
{
    size_t end = line->length;
    char *complete;

    while (end && line->text[end - 1] != '\n')
        end--;
    if (!end)
        return NULL;
    *length = end;
    complete = malloc(*length);
    if (!complete)
        return NULL;
    memcpy(complete, line->text, *length);
    line->length -= *length;
    memmove(line->text, line->text + *length, line->length);
    return complete;
}


void wsgi_line_free(wsgi_line *line)
{
    free(line->text);
    line->text = NULL;
    line->length = line->capacity = 0;
}
