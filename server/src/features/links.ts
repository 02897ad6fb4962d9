import type { Configuration } from '../configuration/configuration';
import type { ConfigWord, SourceRange } from '../configuration/entries';
import type { FileSystem } from '../model/machine';
import { optionsWithPaths, pathArguments } from './path-arguments';

/** A path in a configuration and the file it leads to. */
export interface PathLink {
  readonly at: SourceRange;
  readonly target: string;
}

/** The paths of a file that lead somewhere: Include targets, scripts, Python homes, logs, document roots, keys. */
export const pathLinks = (
  configuration: Configuration,
  paths: readonly string[],
  files: FileSystem,
): readonly PathLink[] => {
  const includes = configuration.includes.flatMap(({ entry, files: [target] }) => {
    const [at] = entry.words;
    return at && target && paths.includes(at.file) ? [{ at, target }] : [];
  });
  const others = configuration.all
    .filter(
      ({ key, range, fromMacro }) =>
        paths.includes(range.file) && !fromMacro && key !== 'include' && key !== 'includeoptional',
    )
    .flatMap((entry) => [
      ...pathArguments(entry.name).flatMap((index) => entry.words[index] ?? []),
      ...optionsWithPaths(entry.directive).flatMap((name) => entry.options.get(name)?.value ?? []),
    ])
    .filter(({ known, value }) => known && value !== '' && !value.startsWith('|'))
    .flatMap(partsOf)
    .map(({ at, value }) => ({ at, target: absolute(configuration, value) }))
    .filter(({ target }) => files.kind(target) !== undefined);
  return [...includes, ...others];
};

/** A search path holds several paths; where it is not written as it is, none of them has a place. */
const partsOf = (word: ConfigWord): readonly { readonly at: SourceRange; readonly value: string }[] => {
  const { file, start, end, value } = word;
  const quotes = end - start - value.length;
  if (!value.includes(':') || (quotes !== 0 && quotes !== 2)) return [{ at: word, value }];
  let from = start + quotes / 2;
  return value.split(':').map((part) => {
    const at = { file, start: from, end: from + part.length };
    from = at.end + 1;
    return { at, value: part };
  });
};

/** A path as the server takes it: relative ones begin at its root. */
export const absolute = ({ serverRoot }: Configuration, path: string): string =>
  path.startsWith('/') ? path : `${serverRoot}/${path}`;
