#include "options.h"

#include <math.h>
#include <stdlib.h>


/* One value of a name=value pair: in quotes, or up to the next space. */
static const char *next_value(cmd_parms *cmd, const char **line)
{
    return apr_isspace(**line) ? "" : ap_getword_conf(cmd->temp_pool, line);
}


const char *wsgi_next_option(cmd_parms *cmd, const char **line, const char **name, const char **value)
{
    const char *start = *line;
    const char *at;

    while (apr_isspace(*start))
        start++;
    *name = NULL;
    if (!*start) {
        *line = start;
        return NULL;
    }
    if (*start == '"' || *start == '\'') {
        const char *pair = ap_getword_conf(cmd->temp_pool, &start);

        *line = start;
        at = strchr(pair, '=');
        if (at) {
            *name = apr_pstrmemdup(cmd->temp_pool, pair, at - pair);
            *value = apr_pstrdup(cmd->pool, at + 1);
            return NULL;
        }
        start = pair;
    }
    for (at = start; *at && *at != '=' && !apr_isspace(*at); at++)
        ;
    if (*at != '=' || at == start)
        return apr_psprintf(cmd->pool, "%s: '%s' is not an option of the form name=value", cmd->cmd->name,
                            apr_pstrmemdup(cmd->temp_pool, start, at - start));
    *name = apr_pstrmemdup(cmd->temp_pool, start, at - start);
    *line = at + 1;
    *value = apr_pstrdup(cmd->pool, next_value(cmd, line));
    return NULL;
}


const char *wsgi_unknown_option(cmd_parms *cmd, const char *name)
{
    return apr_psprintf(cmd->pool, "%s: unknown option '%s'", cmd->cmd->name, name);
}


int wsgi_parse_seconds(const char *text, double *seconds)
{
    char *end;
    const double value = strtod(text, &end);

    if (!(apr_isdigit(*text) || *text == '.') || *end || !isfinite(value) || value <= 0)
        return 0;
    *seconds = value;
    return 1;
}


int wsgi_parse_flag(const char *value, int *flag)
{
    if (!strcasecmp(value, "On"))
        *flag = 1;
    else if (!strcasecmp(value, "Off"))
        *flag = 0;
    else
        return 0;
    return 1;
}
