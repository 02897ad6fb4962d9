import { wordTable } from '../../../common/src/word-table';
import { nearest } from '../catalogue/nearest';
import type { OptionWord } from '../option-words';
import type { Range } from '../syntax/nodes';
import { WITH_OPTIONS } from './about';
import { meantValue } from './arguments';
import { isWithin, rangeRule } from './option-range';
import type { Finding, Report, Rule, RuleLine } from './rule';

export const unquotedSpace: Rule = {
  id: 'unquoted-space',
  severity: 'error',
  summary: 'Where mod_wsgi expects name=value stands something else.',
  options({ options }, report) {
    for (const { value, nameRange, name, start, end } of options) {
      if (value && name !== '' && !value.afterSpace) continue;
      const whole = !value && /^\w[\w-]*=/.test(name) ? ' Only the value may be quoted.' : '';
      report({
        range: value ? { start, end } : nameRange,
        message: `Expected \`name=value\`; quote values that contain spaces and write no space around \`=\`.${whole}`,
      });
    }
  },
};

export const unknownOption: Rule = {
  id: 'unknown-daemon-option',
  severity: 'error',
  summary: 'The directive has no option of this name.',
  options({ directive, options }, report) {
    const known = [...(directive?.options?.byName.keys() ?? [])];
    for (const { name, nameRange, value, fact } of options) {
      if (!value || name === '') continue;
      if (fact?.removedIn)
        report({
          range: nameRange,
          severity: 'warning',
          message: `\`${name}\` was removed from mod_wsgi in ${fact.removedIn}.`,
        });
      if (fact) continue;
      const meant = nearest(name, known);
      report({
        range: nameRange,
        message: `\`${name}\` is not an option of \`${directive?.name}\`.${meant ? ` Did you mean \`${meant}\`?` : ''}`,
        ...(meant !== undefined && { replacement: meant }),
      });
    }
  },
};

const NUMBER: Readonly<Record<string, RegExp>> = wordTable({ int: /^-?\d+$/, float: /^\d*\.?\d+$/ });

/** What C's atoi makes of a text. */
const atoi = (text: string): number => Number.parseInt(text, 10) || 0;

export const optionNotANumber: Rule = {
  id: 'option-not-a-number',
  severity: 'error',
  summary: 'mod_wsgi drops units and words from numbers without a message.',
  options({ options }, report) {
    for (const { name, value, fact } of options) {
      const pattern = fact && NUMBER[fact.type];
      if (!value || !pattern || pattern.test(value.text)) continue;
      const meant = toPlainNumber(value.text, fact.unit);
      report({
        range: value,
        message: `\`${name}=${value.text}\` is read as ${atoi(value.text)}: units, separators and words are ignored silently.`,
        ...(meant !== undefined && { replacement: meant }),
      });
    }
  },
};

const FACTORS: Readonly<Record<string, Readonly<Record<string, number>>>> = wordTable({
  seconds: { s: 1, sec: 1, m: 60, min: 60, h: 3600 },
  bytes: { b: 1, k: 1024, kb: 1024, m: 1024 ** 2, mb: 1024 ** 2, g: 1024 ** 3, gb: 1024 ** 3 },
});

/** `1m` as 60, `64M` as 67108864, `1,000` as 1000. */
const toPlainNumber = (text: string, unit: string | undefined): string | undefined => {
  const [, digits, suffix] = /^([\d,_]+)\s*([a-z]*)$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const factor = suffix === '' ? 1 : FACTORS[unit ?? '']?.[suffix?.toLowerCase() ?? ''];
  return factor === undefined ? undefined : String(Number(digits.replace(/[,_]/g, '')) * factor);
};

export const optionOutOfRange: Rule = {
  id: 'option-out-of-range',
  severity: 'error',
  summary: 'mod_wsgi refuses this number.',
  options({ options }, report) {
    for (const { name, value, fact } of options) {
      if (!value || !fact?.range || !NUMBER[fact.type]?.test(value.text)) continue;
      const rule = rangeRule(fact.range);
      if (rule && !isWithin(rule, value.text))
        report({ range: value, message: `\`${name}\` must be ${rule.description}.` });
    }
  },
};

export const optionFlag: Rule = {
  id: 'invalid-flag-value',
  severity: 'error',
  summary: 'The value of a switch is neither On nor Off.',
  options({ options }, report) {
    for (const { name, value, fact } of options) {
      if (!value || fact?.type !== 'flag' || /^(?:on|off)$/i.test(value.text)) continue;
      const meant = meantValue(value.text, ['On', 'Off']);
      report({
        range: value,
        message: `\`${name}\` accepts \`On\`, \`Off\`, not \`${value.text}\`.`,
        ...(meant !== undefined && { replacement: meant }),
      });
    }
  },
};

export const homeNotAbsolute: Rule = {
  id: 'home-not-absolute',
  severity: 'error',
  summary: 'home= and chroot= must be absolute.',
  options({ options }, report) {
    for (const { name, value } of options)
      if (value && (name === 'home' || name === 'chroot') && !/^(?:\/|[A-Za-z]:)/.test(value.text))
        report({ range: value, message: `\`${name}=\` must be an absolute path.` });
  },
};

export const daemonUserRoot: Rule = {
  id: 'daemon-user-root',
  severity: 'error',
  summary: 'mod_wsgi refuses to run a daemon group as root.',
  options({ options }, report) {
    for (const { name, value } of options)
      if (value && name === 'user' && /^(?:root|#0+)$/.test(value.text))
        report({ range: value, message: 'mod_wsgi refuses to run a daemon group as root.' });
  },
};

export const scriptUserAndGroup: Rule = {
  id: 'script-user-and-group',
  severity: 'error',
  summary: 'script-user= and script-group= exclude each other.',
  options({ options }, report) {
    const user = options.find(({ name }) => name === 'script-user');
    const group = options.find(({ name }) => name === 'script-group');
    if (user && group)
      report({
        range: group.nameRange,
        message: 'Only one of `script-user` and `script-group` may be used.',
        related: [{ range: user.nameRange, message: '`script-user` is given here' }],
      });
  },
};

export const importScriptOptions: Rule = {
  id: 'import-script-options',
  severity: 'error',
  summary: 'WSGIImportScript needs both groups.',
  about: ['WSGIImportScript'],
  options({ line, options }, report) {
    if (line.args.length === 0) return;
    if (line.args.some(({ opaque, quote }) => opaque && quote === undefined)) return;
    const names = new Set(options.map(({ name }) => name));
    if (names.has('process-group') && names.has('application-group')) return;
    report({ range: line.name, message: 'Both `process-group=` and `application-group=` are required.' });
  },
};

const LABEL = /^%\{(?:GLOBAL|SERVER|RESOURCE|HOST|ENV:[^}]+)\}$/;

const GROUP_OPTIONS: ReadonlySet<string> = new Set(['process-group', 'application-group']);

const GROUP_DIRECTIVES: ReadonlySet<string> = new Set(['WSGIProcessGroup', 'WSGIApplicationGroup']);

/** A value with its place. */
interface Value extends Range {
  readonly text: string;
}

/** The first argument of a directive, if it is known as it stands. */
const firstValue = ({ line, inMacro }: RuleLine<'directive'>): Value[] => {
  const first = line.args[0];
  return first && !first.opaque && !inMacro
    ? [{ start: first.start, end: first.end, text: first.value }]
    : [];
};

const optionValues = (options: readonly OptionWord[], names: ReadonlySet<string>): Value[] =>
  options.flatMap(({ name, value }) => (value && names.has(name) ? [value] : []));

const badLabels = (values: readonly Value[], report: Report<Finding>): void => {
  for (const { text, start, end } of values) {
    if (!text.startsWith('%{') || LABEL.test(text)) continue;
    const meant = text.toUpperCase().replace(/^(%\{\w+)$/, '$1}');
    report({
      range: { start, end },
      message: `\`${text}\` is not a label mod_wsgi expands; it becomes a literal name.`,
      ...(LABEL.test(meant) && !meant.startsWith('%{ENV') && { replacement: meant }),
    });
  }
};

export const unknownLabel: Rule = {
  id: 'label-unknown',
  severity: 'error',
  summary: 'The value looks like a label, but mod_wsgi takes it literally.',
  about: [...GROUP_DIRECTIVES, ...WITH_OPTIONS],
  directive(line, report) {
    if (GROUP_DIRECTIVES.has(line.directive?.name ?? '')) badLabels(firstValue(line), report);
  },
  options({ options }, report) {
    badLabels(optionValues(options, GROUP_OPTIONS), report);
  },
};

const CALLABLE_OPTION: ReadonlySet<string> = new Set(['callable-object']);

const dottedNames = (values: readonly Value[], report: Report<Finding>): void => {
  for (const { text, start, end } of values)
    if (/[.()]/.test(text) && !text.startsWith('%{'))
      report({
        range: { start, end },
        message: `Only a name at module level of the script works, not \`${text}\`.`,
      });
};

export const dottedCallable: Rule = {
  id: 'callable-dotted',
  severity: 'error',
  summary: 'The callable is a name at module level of the script.',
  about: ['WSGICallableObject', ...WITH_OPTIONS],
  directive(line, report) {
    if (line.directive?.name === 'WSGICallableObject') dottedNames(firstValue(line), report);
  },
  options({ options }, report) {
    dottedNames(optionValues(options, CALLABLE_OPTION), report);
  },
};

const selectors = ({ line, directive }: RuleLine<'open'>, report: Report<Finding>): void => {
  if (directive?.name !== 'WSGIInterpreterOptions') return;
  const seen = new Set<string>();
  for (const word of line.tag.args) {
    const name = word.value.replace(/=.*$/, '');
    const repeated = seen.has(name);
    seen.add(name);
    if (word.opaque || (GROUP_OPTIONS.has(name) && word.value.includes('=') && !repeated)) continue;
    report({
      range: word,
      message: repeated ? `\`${name}\` is given twice.` : `Unknown selector \`${word.value}\`.`,
    });
  }
};

export const interpreterOptionsSelector: Rule = {
  id: 'interpreter-options-selector',
  severity: 'error',
  summary: '<WSGIInterpreterOptions> takes process-group= and application-group=, each once.',
  open: selectors,
};
