import type { Configuration } from '../configuration/configuration';
import type { SourceRange } from '../configuration/entries';
import { groupBy } from '../mounts/group-by';

/** A file and the Include lines that lead to or from it. */
export interface IncludeCall {
  readonly path: string;
  readonly lines: readonly SourceRange[];
}

/** The files a call hierarchy starts with: those that the Include at an offset reads, else the file itself. */
export const filesAt = (
  { includes }: Configuration,
  paths: readonly string[],
  offset: number,
): readonly string[] => {
  const include = includes.find(
    ({ entry: { range } }) => paths.includes(range.file) && range.start <= offset && offset <= range.end,
  );
  return include && include.files.length > 0 ? include.files : paths.slice(0, 1);
};

/** The files that read a file, with the lines in which they do. */
export const includedBy = ({ includes }: Configuration, path: string): readonly IncludeCall[] =>
  toCalls(
    includes
      .filter(({ files }) => files.includes(path))
      .map(({ entry: { range } }) => ({ path: range.file, line: range })),
  );

/** The files that a file reads, with the lines in which it does. */
export const includesOf = ({ includes }: Configuration, path: string): readonly IncludeCall[] =>
  toCalls(
    includes
      .filter(({ entry }) => entry.range.file === path)
      .flatMap(({ entry: { range }, files }) => files.map((file) => ({ path: file, line: range }))),
  );

const toCalls = (pairs: readonly { readonly path: string; readonly line: SourceRange }[]): IncludeCall[] =>
  [...groupBy(pairs, ({ path }) => path)].map(([path, all]) => ({
    path,
    lines: all.map(({ line }) => line),
  }));
