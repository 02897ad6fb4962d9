import { wordTable } from '../../../common/src/word-table';
import { allDirectives } from '../catalogue/directives';
import type { Word } from '../syntax/nodes';
import type { Finding, Report, Rule, RuleLine } from './rule';

const words = (line: RuleLine<'directive'> | RuleLine<'open'>): readonly Word[] =>
  line.line.kind === 'directive' ? line.line.args : line.line.tag.args;

const typographic = (line: RuleLine<'directive'> | RuleLine<'open'>, report: Report<Finding>): void => {
  for (const word of words(line)) {
    const character = TYPOGRAPHIC.exec(word.value)?.[0];
    if (character === undefined || (word.quote !== undefined && !/^["']/.test(character))) continue;
    report({
      range: word,
      message: `Typographic quote \`${character}\`; Apache treats it as part of the value.`,
      replacement: line.analysis.tree.text
        .slice(word.start, word.end)
        .replace(/[\u201C\u201D\u00AB\u00BB]/g, '"')
        .replace(/[\u2018\u2019]/g, "'"),
    });
  }
};

const TYPOGRAPHIC = /[\u2018\u2019\u201C\u201D\u00AB\u00BB]/;

export const typographicQuote: Rule = {
  id: 'typographic-quote',
  severity: 'error',
  summary: 'A typographic quote is part of the value and quotes nothing.',
  directive(line, report) {
    if (TYPOGRAPHIC.test(line.line.line.text)) typographic(line, report);
  },
  open(line, report) {
    if (TYPOGRAPHIC.test(line.line.tag.line.text)) typographic(line, report);
  },
};

const unterminated = (line: RuleLine<'directive'> | RuleLine<'open'>, report: Report<Finding>): void => {
  for (const word of words(line))
    if (!word.closed)
      report({ range: word, message: 'Unclosed quote; the rest of the line became one argument.' });
};

export const unterminatedQuote: Rule = {
  id: 'unterminated-quote',
  severity: 'error',
  summary: 'A quote is opened and not closed on its line.',
  directive: unterminated,
  open: unterminated,
};

export const brokenContinuation: Rule = {
  id: 'broken-continuation',
  severity: 'warning',
  summary: 'White space behind the backslash keeps it from continuing the line.',
  directive({ line, analysis }, report) {
    const last = line.args.at(-1);
    if (last?.value !== '\\' || last.quote !== undefined) return;
    const rest = analysis.tree.text.slice(last.end, line.end);
    if (!/^[ \t]+\r?\n/.test(rest)) return;
    report({
      range: { start: last.start, end: last.end + rest.search(/\r?\n/) },
      message: 'White space follows the backslash, so it does not continue the line and becomes an argument.',
      replacement: '\\',
    });
  },
};

/** Directives whose first path-like argument is a file on the server. */
const SCRIPT_ARGUMENT: Readonly<Record<string, number>> = wordTable({
  WSGIScriptAlias: 1,
  WSGIImportScript: 0,
  WSGIHandlerScript: 1,
  WSGIAccessScript: 0,
  WSGIAuthUserScript: 0,
  WSGIAuthGroupScript: 0,
  WSGIDispatchScript: 0,
});

export const pathNotAbsolute: Rule = {
  id: 'path-not-absolute',
  severity: 'warning',
  summary: 'The path of a script is relative.',
  about: Object.keys(SCRIPT_ARGUMENT),
  directive({ line, directive }, report) {
    const word = line.args[SCRIPT_ARGUMENT[directive?.name ?? ''] ?? -1];
    if (!word || word.opaque || /^(?:[/<@%$\u2018\u201C\u00AB]|[A-Za-z]:|$)/.test(word.value)) return;
    report({
      range: word,
      message: `\`${word.value}\` is relative; it is resolved against the directory Apache was started from, not ServerRoot.`,
    });
  },
};

export const backslashInPath: Rule = {
  id: 'backslash-in-path',
  severity: 'warning',
  summary: 'A Windows path is written with backslashes.',
  about: allDirectives.flatMap(({ name, module }) => (module === 'mod_wsgi' ? [name] : [])),
  directive({ line }, report) {
    for (const word of line.args)
      if (/(?:^|=["']?)[A-Za-z]:\\[A-Za-z]/.test(word.value))
        report({ range: word, message: 'Use forward slashes in Apache paths, also on Windows.' });
  },
};

export const byteOrderMark: Rule = {
  id: 'byte-order-mark',
  severity: 'error',
  summary: 'The file starts with a byte order mark.',
  file({ tree }, report) {
    if (tree.text.startsWith('\uFEFF'))
      report({
        range: { start: 0, end: 1 },
        message:
          'Apache does not skip a byte order mark: the first line becomes an unknown directive. Save the file as UTF-8 without it.',
        replacement: '',
      });
  },
};
