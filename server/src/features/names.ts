import { wordTable } from '../../../common/src/word-table';
import { type Analysis, directiveOf } from '../analysis';
import { findModule } from '../catalogue/modules';
import { optionWords } from '../option-words';
import type { Range } from '../syntax/nodes';
import { variableReferences } from '../syntax/variables';
import type { Line } from '../syntax/walk';

/** Kinds of things that a configuration gives names to. */
export type NameKind = 'process group' | 'variable' | 'macro' | 'log format' | 'module';

/** A place where something is declared or named. */
export interface NameUse extends Range {
  readonly kind: NameKind;
  /** Equal for all uses of one thing. */
  readonly key: string;
  readonly text: string;
  readonly role: 'declaration' | 'reference';
}

const cache = new WeakMap<Analysis, readonly NameUse[]>();

/** Every name in a file, whether its lines are read or not, in file order. */
export const namesIn = (analysis: Analysis): readonly NameUse[] => {
  const known = cache.get(analysis);
  if (known) return known;
  const found = analysis.lines.flatMap((line) => namesOfLine(analysis, line));
  cache.set(analysis, found);
  return found;
};

/** The name under an offset. */
export const nameAt = (analysis: Analysis, offset: number): NameUse | undefined =>
  namesIn(analysis).find(({ start, end }) => offset >= start && offset <= end);

const IGNORES_CASE: ReadonlySet<NameKind> = new Set<NameKind>(['variable', 'macro']);

const keyOf = (kind: NameKind, text: string): string => {
  if (kind === 'module') return findModule(text)?.name ?? text;
  return IGNORES_CASE.has(kind) ? text.toLowerCase() : text;
};

/** First words that are names, by directive in lower case. */
const FIRST_WORDS: Readonly<Record<string, readonly [NameKind, NameUse['role']]>> = wordTable({
  wsgidaemonprocess: ['process group', 'declaration'],
  wsgiprocessgroup: ['process group', 'reference'],
  define: ['variable', 'declaration'],
  undefine: ['variable', 'reference'],
  '<ifdefine': ['variable', 'reference'],
  '<macro': ['macro', 'declaration'],
  use: ['macro', 'reference'],
  undefmacro: ['macro', 'reference'],
  loadmodule: ['module', 'declaration'],
  '<ifmodule': ['module', 'reference'],
});

/** A word with its place, as written. */
interface Place extends Range {
  readonly value: string;
}

/** The names in a line. */
export const namesOfLine = (analysis: Analysis, line: Line): NameUse[] => {
  if (line.kind !== 'directive' && line.kind !== 'open') return [];
  const { text } = analysis.tree;
  const name = line.kind === 'open' ? `<${line.tag.name}` : line.name.value;
  const words = line.kind === 'open' ? line.tag.args : line.args;
  const use = (kind: NameKind, role: NameUse['role'], place: Place | undefined): NameUse[] => {
    if (!place || place.value.startsWith('%{') || place.value.includes('${') || place.value === '') return [];
    const inner = withoutMarks(text, place);
    const written = text.slice(inner.start, inner.end);
    return [{ ...inner, kind, role, text: written, key: keyOf(kind, written) }];
  };
  const first = FIRST_WORDS[name.toLowerCase()];
  return [
    ...(first ? use(first[0], first[1], words[0]) : []),
    ...logFormats(name.toLowerCase(), words, use),
    ...(name.toLowerCase() === 'wsgirestrictprocess'
      ? words.flatMap((word) => use('process group', 'reference', word))
      : []),
    ...groupOptions(line, use),
    ...variablesOf(text, line),
  ];
};

type MakeUse = (kind: NameKind, role: NameUse['role'], place: Place | undefined) => NameUse[];

/** `LogFormat FORMAT NAME`, `CustomLog FILE NAME` and `GlobalLog FILE NAME`; a format with a percent sign is none. */
const logFormats = (name: string, words: readonly Place[], use: MakeUse): NameUse[] => {
  const [first, second] = words;
  if (name === 'logformat') return second ? use('log format', 'declaration', second) : named(first, use);
  return name === 'customlog' || name === 'globallog' ? named(second, use) : [];
};

const named = (word: Place | undefined, use: MakeUse): NameUse[] =>
  word && !word.value.includes('%') && !word.value.includes('=') ? use('log format', 'reference', word) : [];

const groupOptions = (line: Line, use: MakeUse): NameUse[] => {
  const directive = directiveOf(line);
  if (line.kind !== 'directive' || !directive?.options?.byName.has('process-group')) return [];
  return optionWords(line, directive).flatMap(({ name, value }) =>
    name === 'process-group' && value
      ? use('process group', 'reference', { ...value, value: value.text })
      : [],
  );
};

const variablesOf = (text: string, { start, end }: Range): NameUse[] => {
  const line = text.slice(start, end);
  if (!line.includes('${')) return [];
  return variableReferences(line)
    .filter(({ name }) => name !== '' && !name.includes(':'))
    .map((reference) => ({
      start: start + reference.start + 2,
      end: start + reference.end - 1,
      kind: 'variable',
      role: 'reference',
      text: reference.name,
      key: keyOf('variable', reference.name),
    }));
};

/** The range without quotes around it and a `!` in front. */
const withoutMarks = (text: string, { start, end }: Range): Range => {
  const raw = text.slice(start, end);
  const before = /^["']?!?/.exec(raw)?.[0].length ?? 0;
  const after = /^["']/.test(raw) && raw.length > 1 && raw.endsWith(raw.charAt(0)) ? 1 : 0;
  return { start: start + before, end: Math.max(end - after, start + before) };
};
