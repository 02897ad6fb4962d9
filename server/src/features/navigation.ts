import type { Analysis } from '../analysis';
import type { Configuration } from '../configuration/configuration';
import type { SourceRange } from '../configuration/entries';
import { type NameUse, nameAt, namesIn } from './names';

/** A use of a name with its file. */
export interface LocatedName extends NameUse, SourceRange {}

/** All uses of the name under an offset in the configuration around a file; empty if there is no name. */
export const usesOf = (
  configuration: Configuration,
  file: string,
  analysis: Analysis,
  offset: number,
): readonly LocatedName[] => {
  const name = nameAt(analysis, offset);
  if (!name) return [];
  const files = configuration.files.has(file)
    ? [...configuration.files]
    : [[file, { path: file, analysis }] as const];
  return files.flatMap(([path, { analysis: its }]) =>
    namesIn(its)
      .filter(({ kind, key }) => kind === name.kind && key === name.key)
      .map((use) => ({ ...use, file: path })),
  );
};

/** Where the name under an offset is declared. */
export const declarationsOf = (
  configuration: Configuration,
  file: string,
  analysis: Analysis,
  offset: number,
): readonly LocatedName[] =>
  usesOf(configuration, file, analysis, offset).filter(({ role }) => role === 'declaration');

/** What cannot be renamed, because others give it its name. */
const FIXED: ReadonlySet<NameUse['kind']> = new Set<NameUse['kind']>(['module']);

/** The name under an offset if it may be renamed. */
export const renameable = (analysis: Analysis, offset: number): NameUse | undefined => {
  const name = nameAt(analysis, offset);
  return name && !FIXED.has(name.kind) ? name : undefined;
};

/**
 * Why a new name is none; undefined if it is one.
 *
 * @param declared the names of that kind that exist
 */
export const refuseName = (name: string, use: NameUse, declared: ReadonlySet<string>): string | undefined => {
  if (name.trim() === '' || /[\s"'\\]/.test(name))
    return `"${name}" cannot be a ${use.kind}: a name is one word without quotes. Choose another one.`;
  if (use.kind === 'variable' && /[:}]/.test(name))
    return `"${name}" cannot be a variable: Apache refuses \`:\` and \`}\` in it. Choose another one.`;
  if (name !== use.text && declared.has(name))
    return `There is a ${use.kind} "${name}" already; two cannot have one name. Choose another one.`;
  return undefined;
};
