import type { Analysis } from '../analysis';
import type { Directive } from '../catalogue/directives';
import type { Configuration } from '../configuration/configuration';
import type { FileSystem } from '../model/machine';
import { namesIn } from './names';

/** What completion proposes beyond the catalogue: names of the configuration, and paths of the disk. */
export interface Surroundings {
  readonly groups: readonly string[];
  readonly variables: readonly { readonly name: string; readonly value: string | undefined }[];
  readonly macros: readonly string[];
  readonly logFormats: readonly string[];
  /** Directives that only a running server has told of. */
  readonly learned: readonly Directive[];
  /** Undefined where the disk is none of the configuration's. */
  readonly disk: Pick<FileSystem, 'list' | 'kind'> | undefined;
}

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

/** The names in a set of files. */
const declared = (analyses: readonly Analysis[], wanted: string): readonly string[] =>
  unique(
    analyses
      .flatMap((analysis) => namesIn(analysis))
      .filter(({ kind, role }) => kind === wanted && role === 'declaration')
      .map(({ text }) => text),
  );

/** The surroundings of a file that stands for itself. */
export const surroundingsOf = (
  analyses: readonly Analysis[],
  disk: Surroundings['disk'],
  learned: readonly Directive[] = [],
): Surroundings => ({
  learned,
  groups: declared(analyses, 'process group'),
  variables: definitionsIn(analyses),
  macros: declared(analyses, 'macro'),
  logFormats: declared(analyses, 'log format'),
  disk,
});

/** The surroundings of a file in its configuration; the environment's variables are among them. */
export const configurationSurroundings = (
  configuration: Configuration,
  own: Analysis,
  disk: Surroundings['disk'],
  learned: readonly Directive[],
): Surroundings => {
  const analyses = [...configuration.files.values()].map(({ analysis }) => analysis);
  return surroundingsOf(analyses.includes(own) ? analyses : [...analyses, own], disk, learned);
};

const definitionsIn = (analyses: readonly Analysis[]): Surroundings['variables'] =>
  analyses.flatMap(({ lines }) =>
    lines.flatMap((line) => {
      if (line.kind !== 'directive' || !/^Define$/i.test(line.name.value)) return [];
      const [name, value] = line.args;
      return name ? [{ name: name.value, value: value?.value }] : [];
    }),
  );
