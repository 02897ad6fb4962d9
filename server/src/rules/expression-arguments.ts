import { wordTable } from '../../../common/src/word-table';
import {
  asText,
  certainTexts,
  cutForRewriting,
  type Find,
  isWord,
  type WrittenLine,
  type WrittenText,
  withText,
} from './written';

const wordAt =
  (index: number): Find =>
  ({ words }) => [asText(words[index])];

/** What stands behind `expr=` in one word. */
const behindEquals = (word: WrittenText | undefined): WrittenText | undefined =>
  withText(word, /^expr=(.*)$/is.exec(word?.text ?? '')?.[1]);

const anyBehindEquals: Find = ({ words }) => words.map((word) => behindEquals(asText(word)));

/** The words of `Header` in front of a condition, by its action; of the others three. */
const WORDS_BEFORE: Readonly<Record<string, number>> = wordTable({ echo: 2, edit: 4, 'edit*': 4, unset: 2 });

const headerCondition: Find = ({ words: [action, ...words] }) => [
  behindEquals(asText(words[(WORDS_BEFORE[action?.value.toLowerCase() ?? ''] ?? 3) - 1])),
];

const behindPlace: Find = (line) => {
  const { words } = line;
  const hasPlace = isWord(words[0], /^(?:always|onsuccess)$/i);
  return headerCondition(hasPlace ? { ...line, words: words.slice(1) } : line);
};

/** The rest of the line, quotes around all of it taken away. */
const required: Find = ({ words, source }) => {
  const [kind, ...rest] = isWord(words[0], /^not$/i) ? words.slice(1) : words;
  const [start, end] = [rest[0]?.start ?? 0, rest.at(-1)?.end ?? 0];
  const written = source.slice(start, end);
  if (!isWord(kind, /^expr$/i) || rest.length === 0 || written.includes('\n')) return [];
  const text = /^"(.*)"$/s.exec(written)?.[1] ?? written;
  return [{ start, end, text, opaque: rest.some(({ opaque }) => opaque) }];
};

const condition: Find = (line) => {
  const [test, expression] = cutForRewriting(line);
  return [
    test?.text.toLowerCase() === 'expr'
      ? withText(expression, expression?.text.replace(/^!/, ''))
      : undefined,
  ];
};

/** The directives that take expressions, and where; each was asked of httpd 2.4.71. */
const DIRECTIVES: Readonly<Record<string, Find>> = wordTable({
  CustomLog: anyBehindEquals,
  FilterProvider: wordAt(2),
  Header: behindPlace,
  LogMessage: anyBehindEquals,
  ProxyFCGISetEnvIf: wordAt(0),
  RequestHeader: headerCondition,
  Require: required,
  RewriteCond: condition,
  SetEnvIfExpr: wordAt(0),
});

/** The names of the directives that {@link expressionsIn} knows. */
export const WITH_EXPRESSIONS: readonly string[] = Object.keys(DIRECTIVES);

/** The expressions that a directive takes, as they are written in a line of it. */
export const expressionsIn = (directive: string, line: WrittenLine): readonly WrittenText[] =>
  certainTexts(DIRECTIVES[directive], line);
