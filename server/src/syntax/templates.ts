/** Statements and comments of Jinja, ERB, EPP, Mako and Go templates at the start of a line. */
const STATEMENT = /^(?:\{%|\{\{|\{#|<%|%%|% |#\{)/;

/** A placeholder inside a line. `%{…}` and `${…}` are Apache's own. */
const PLACEHOLDER =
  /\{\{|\{%|<%|(?:^|[^$%])\{[A-Z_]+\}|@@?[A-Z][A-Z0-9_]+@@?|__[A-Z][A-Z0-9_]*__|%\([a-z_]+\)s/;

/** What every placeholder and every variable has a part of; nearly no line does, and this is asked of every line. */
const SUSPICION = /[{@<(]|__/;

/** Endings of file names that say that a template engine reads the file. */
const FILE_ENDING = /\.(?:j2|jinja2?|erb|epp|mako|tmpl|tpl|mustache|hbs|ejs|in|template)$/i;

/** True if the logical line belongs to the template's language and not to Apache's. */
export const isTemplateStatement = (line: string): boolean => STATEMENT.test(line);

/** False if the text certainly holds neither a variable nor a placeholder. */
export const mayBeOpaque = (text: string): boolean => SUSPICION.test(text);

/** True if the text holds a value that a template engine fills in. */
export const hasPlaceholder = (text: string): boolean => PLACEHOLDER.test(text);

/** True if the file's name says that it is a template. */
export const isTemplateName = (fileName: string): boolean => FILE_ENDING.test(fileName);
