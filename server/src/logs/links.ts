import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { FileSystem } from '../model/machine';
import { logLines } from './blocks';

/** A place in a log that names a file, and the line of it where one is named. */
export interface LogLink {
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly path: string;
  /** From 1. */
  readonly targetLine: number | undefined;
}

/** How files are named, the path in the first group and the line in the second. */
const NAMINGS: readonly RegExp[] = [
  /File "(\/[^"]+)", line (\d+)/g,
  /on line (\d+) of (\/[^\s:"]+)/g,
  /\[script (\/[^\]]+)\]/g,
  /(?<![\w/"'(.:])'?(\/(?:[\w.@+-]+\/)+[\w.@+-]*[\w@+-])(?::(\d+))?/g,
];

/** Links are looked for in the last lines of a long log only. */
const MOST_LINES = 20_000;

/** The files that a log names and that are there: frames of tracebacks, scripts, configuration. */
export const logLinks = (document: TextDocument, files: Pick<FileSystem, 'kind'>): readonly LogLink[] => {
  const lines = logLines(document);
  const from = Math.max(0, lines.length - MOST_LINES);
  const known = new Map<string, boolean>();
  const exists = (path: string): boolean => {
    const cached = known.get(path);
    if (cached !== undefined) return cached;
    const found = files.kind(path) === 'file';
    known.set(path, found);
    return found;
  };
  return lines
    .slice(from)
    .flatMap(({ message, start }, index) =>
      namesIn(message).flatMap((place) =>
        exists(place.path)
          ? [{ ...place, line: from + index, start: start + place.start, end: start + place.end }]
          : [],
      ),
    );
};

const namesIn = (text: string): readonly Omit<LogLink, 'line'>[] => {
  if (!text.includes('/')) return [];
  const found: Omit<LogLink, 'line'>[] = [];
  for (const naming of NAMINGS)
    for (const match of text.matchAll(naming)) {
      const [whole, first = '', second] = match;
      const [path, line] = first.startsWith('/') ? [first, second] : [second ?? '', first];
      const start = match.index;
      const end = start + whole.length;
      if (!found.some((other) => start < other.end && other.start < end))
        found.push({ start, end, path, targetLine: line === undefined ? undefined : Number(line) });
    }
  return found;
};
