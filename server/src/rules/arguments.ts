import { wordTable } from '../../../common/src/word-table';
import { allDirectives } from '../catalogue/directives';
import { nearest } from '../catalogue/nearest';
import { wordCount } from '../model/arguments';
import type { Word } from '../syntax/nodes';
import type { Finding, Report, Rule, RuleLine } from './rule';

/** Words that are one argument each; undefined if one of them may become several. */
export const certainWords = ({ line, inMacro }: RuleLine<'directive'>): readonly Word[] | undefined => {
  const uncertain = line.args.some(
    (word) => (word.opaque && word.quote === undefined) || (inMacro && /[$%@]/.test(word.value)),
  );
  return uncertain ? undefined : line.args;
};

/** The first word of a trailing comment, which Apache does not have. */
const commentWord = (args: readonly Word[]): Word | undefined =>
  args.find((word, index) => index > 0 && word.quote === undefined && word.value.startsWith('#'));

export const inlineComment: Rule = {
  id: 'inline-comment',
  severity: 'error',
  summary: 'A comment behind a directive is read as arguments.',
  directive({ line, directive }, report) {
    const comment = commentWord(line.args);
    if (!comment || !directive) return;
    const text = line.line.text;
    const shown = text.slice(text.indexOf(comment.value));
    const ignored = directive.args === 'FLAG';
    const range = { start: comment.start, end: line.args.at(-1)?.end ?? comment.end };
    const certain = directive.args.startsWith('TAKE') || directive.module === 'mod_wsgi';
    report({
      range,
      severity: certain && directive.args !== 'TAKE_ARGV' ? 'error' : ignored ? 'information' : 'warning',
      message: ignored
        ? `Apache has no trailing comments; this directive happens to ignore \`${shown}\`.`
        : `Apache has no trailing comments; \`${shown}\` is read as arguments.`,
    });
  },
};

const NUMBERS = ['no', 'one', 'two', 'three'];

const describeCount = (least: number, most: number, skipped: number | undefined): string => {
  const word = (count: number): string => NUMBERS[count] ?? String(count);
  if (most === Number.POSITIVE_INFINITY) return `at least ${word(least)} argument${least === 1 ? '' : 's'}`;
  if (most === 0) return 'no arguments';
  if (least === most) return `${word(least)} argument${least === 1 ? '' : 's'}`;
  if (skipped !== undefined || most - least === 1) return `${word(least)} or ${word(most)} arguments`;
  return `${word(least)} to ${word(most)} arguments`;
};

export const argumentCount: Rule = {
  id: 'argument-count',
  severity: 'error',
  summary: 'The directive takes another number of arguments.',
  directive(ruleLine, report) {
    const { directive, line } = ruleLine;
    const count = directive && wordCount(directive.args);
    const words = certainWords(ruleLine);
    if (!count || !words || commentWord(words) || directive.name === 'WSGIScriptAlias') return;
    if (directive.name === 'WSGIScriptAliasMatch') return;
    const given = words.findLastIndex((word) => word.value !== '') + 1;
    if (given >= count.least && given <= count.most && given !== count.refused) return;
    const expected = describeCount(count.least, count.most, count.refused);
    const excess = given > count.most ? words[count.most] : undefined;
    const range = excess
      ? { start: excess.start, end: words.at(-1)?.end ?? excess.end }
      : { start: line.name.start, end: line.args.at(-1)?.end ?? line.name.end };
    const hint = excess ? ' Quote an argument that contains spaces.' : '';
    report({ range, message: `\`${directive.name}\` takes ${expected}, not ${given}.${hint}` });
  },
};

export const aliasMissingArgument: Rule = {
  id: 'alias-missing-argument',
  severity: 'error',
  summary: 'WSGIScriptAlias needs a URL path and a script.',
  about: ['WSGIScriptAlias', 'WSGIScriptAliasMatch'],
  directive(ruleLine, report) {
    const { line } = ruleLine;
    const words = certainWords(ruleLine);
    if (!words || words.length >= 2) return;
    const range = { start: line.name.start, end: words[0]?.end ?? line.name.end };
    report({ range, message: 'Expected a URL path and the path of a script.' });
  },
};

const ON_OFF: ReadonlySet<string> = new Set(['On', 'Off', 'Auto']);

const YES: ReadonlySet<string> = new Set(['true', 'yes', '1', 'enable', 'enabled', 'y', 't']);
const NO: ReadonlySet<string> = new Set(['false', 'no', '0', 'disable', 'disabled', 'n', 'f', 'none']);

/** What was probably meant by a wrong value of a closed list. */
export const meantValue = (value: string, allowed: readonly string[]): string | undefined => {
  const lower = value.toLowerCase();
  const word = YES.has(lower) ? 'on' : NO.has(lower) ? 'off' : undefined;
  return allowed.find((known) => known.toLowerCase() === word) ?? nearest(value, allowed);
};

const isFlagList = (values: readonly string[]): boolean =>
  values.every((value) => ON_OFF.has(value.charAt(0).toUpperCase() + value.slice(1).toLowerCase()));

/** The directives whose first argument comes from a closed list, by whether that is a list of switches. */
const choosing = (flags: boolean): readonly string[] =>
  allDirectives.flatMap(({ name, values }) => (values && isFlagList(values) === flags ? [name] : []));

const wrongValue = ({ directive, line, inMacro }: RuleLine<'directive'>, report: Report<Finding>): void => {
  const word = line.args[0];
  const values = directive?.values;
  if (!directive || !values || !word || word.opaque) return;
  if (inMacro && /[$%@]/.test(word.value)) return;
  if (values.some((value) => value.toLowerCase() === word.value.toLowerCase())) return;
  const meant = meantValue(word.value, values);
  const allowed = values.map((value) => `\`${value}\``).join(', ');
  report({
    range: word,
    message: `\`${directive.name}\` accepts ${allowed}, not \`${word.value}\`.`,
    ...(meant !== undefined && { replacement: meant }),
  });
};

export const invalidFlag: Rule = {
  id: 'invalid-flag-value',
  severity: 'error',
  summary: 'The value of a switch is neither On nor Off.',
  about: choosing(true),
  directive: wrongValue,
};

/** Directives all of whose words come from the catalogue's list, and the part of a word that does not count. */
const WORD_LISTS: Readonly<Record<string, RegExp>> = wordTable({
  Options: /^[+-]/,
  AllowOverride: /=.*$/,
  LogLevel: /^.*:/,
});

export const invalidValue: Rule = {
  id: 'invalid-value',
  severity: 'error',
  summary: 'The value is none of those the directive knows.',
  about: [...choosing(false), ...Object.keys(WORD_LISTS)],
  directive(line, report) {
    wrongValue(line, report);
    wrongWords(line, report);
  },
};

const wrongWords = ({ directive, line, inMacro }: RuleLine<'directive'>, report: Report<Finding>): void => {
  const decoration = WORD_LISTS[directive?.name ?? ''];
  const known = directive?.suggestions;
  if (!decoration || !known || inMacro || commentWord(line.args)) return;
  for (const word of line.args) {
    const value = word.value.replace(decoration, '');
    if (word.opaque || known.some((name) => name.toLowerCase() === value.toLowerCase())) continue;
    const meant = nearest(value, known);
    report({
      range: word,
      message: `\`${directive.name}\` does not know \`${value}\`.${meant ? ` Did you mean \`${meant}\`?` : ''}`,
      ...(meant !== undefined && { replacement: word.value.replace(value, meant) }),
    });
  }
  const signed = line.args.filter(({ value }) => /^[+-]/.test(value));
  const plain = line.args.find(({ value, opaque }) => !opaque && !/^[+-]/.test(value));
  if (directive.name === 'Options' && signed.length > 0 && plain)
    report({ range: plain, message: 'Either all words of `Options` start with + or -, or none does.' });
};
