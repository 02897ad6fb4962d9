import { type DocumentSymbol, type FoldingRange, FoldingRangeKind, SymbolKind } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { wordTable } from '../../../common/src/word-table';
import { blocksOf, exceptionOf, logLines } from './blocks';
import { recognise } from './messages';

/** Tracebacks and dumps fold to their first line. */
export const foldLog = (document: TextDocument): FoldingRange[] =>
  blocksOf(logLines(document)).map(({ first, last }) => ({
    startLine: first,
    endLine: last,
    kind: FoldingRangeKind.Region,
  }));

/** What the outline shows, by level: what is worse than a warning, and warnings. */
const LEVEL_KINDS: Readonly<Record<string, SymbolKind>> = wordTable({
  emerg: SymbolKind.Event,
  alert: SymbolKind.Event,
  crit: SymbolKind.Event,
  error: SymbolKind.Event,
  warn: SymbolKind.Key,
});

/** More than this nobody reads in an outline; the last ones count. */
const MOST_SYMBOLS = 2000;

const LONGEST_NAME = 120;

/**
 * The outline of a log: each traceback under its exception; warnings and worse of Apache and mod_wsgi. What an
 * application prints has the level of an error as well, and is left out unless it is known.
 */
export const logSymbols = (document: TextDocument): DocumentSymbol[] => {
  const lines = logLines(document);
  const blocks = new Map(blocksOf(lines).map((block) => [block.first, block]));
  const symbols: DocumentSymbol[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index];
    if (!line) continue;
    const { envelope, message, start } = line;
    const block = blocks.get(index);
    const known = block ? undefined : knownTitle(message, envelope);
    if (!block && known === undefined) continue;
    const name = block ? (exceptionOf(lines, block) ?? message) : known;
    const last = block?.last ?? index;
    const lastLine = lines[last];
    symbols.push({
      name: shorten(name ?? message),
      detail: [envelope?.level, envelope && `pid ${envelope.pid}`, envelope?.time]
        .filter(Boolean)
        .join(' · '),
      kind: block ? SymbolKind.Function : (LEVEL_KINDS[envelope?.level ?? ''] ?? SymbolKind.Key),
      range: {
        start: { line: index, character: 0 },
        end: { line: last, character: (lastLine?.start ?? 0) + (lastLine?.message.length ?? 0) },
      },
      selectionRange: {
        start: { line: index, character: start },
        end: { line: index, character: start + message.length },
      },
    });
    index = last;
  }
  return symbols.slice(-MOST_SYMBOLS);
};

/** How the outline names a line; undefined for a line that it leaves out. */
const knownTitle = (
  message: string,
  envelope: { readonly level: string; readonly module: string } | undefined,
): string | undefined => {
  if (!envelope || LEVEL_KINDS[envelope.level] === undefined || /^\s/.test(message)) return undefined;
  const known = recognise(message)?.message;
  if (known)
    return `${known.codes?.find((code) => message.includes(code)) ?? envelope.level}: ${known.meaning}`;
  return envelope.module === 'wsgi' ? undefined : message;
};

const shorten = (name: string): string =>
  name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name || '—';
