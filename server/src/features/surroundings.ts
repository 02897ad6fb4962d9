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
  /** Variables that are set for requests. */
  readonly environment: readonly string[];
  /** Directives that only a running server has told of. */
  readonly learned: readonly Directive[];
  /** Undefined where the disk is none of the configuration's. */
  readonly disk: Pick<FileSystem, 'list' | 'kind' | 'read'> | undefined;
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

/**
 * The surroundings of a file that stands for itself. Each list is made when somebody asks for it: a completion needs one of them.
 *
 * @param exported variables of the environment
 */
export const surroundingsOf = (
  analyses: readonly Analysis[],
  disk: Surroundings['disk'],
  learned: readonly Directive[] = [],
  exported: Surroundings['variables'] = [],
): Surroundings => ({
  learned,
  disk,
  get groups() {
    return declared(analyses, 'process group');
  },
  get variables() {
    return [...definitionsIn(analyses), ...exported];
  },
  get macros() {
    return declared(analyses, 'macro');
  },
  get logFormats() {
    return declared(analyses, 'log format');
  },
  get environment() {
    return unique(environmentIn(analyses));
  },
});

/** The surroundings of a file in its configuration; the environment's variables are among them. */
export const configurationSurroundings = (
  configuration: Configuration,
  own: Analysis,
  disk: Surroundings['disk'],
  learned: readonly Directive[],
): Surroundings => {
  const analyses = [...configuration.files.values()].map(({ analysis }) => analysis);
  const exported = configuration.definitions.filter(({ at }) => at === undefined);
  return surroundingsOf(analyses.includes(own) ? analyses : [...analyses, own], disk, learned, exported);
};

/** What is found in each file is kept with it: a keystroke changes one file of many. */
const inEach = <Found>(find: (analysis: Analysis) => readonly Found[]) => {
  const cache = new WeakMap<Analysis, readonly Found[]>();
  return (analyses: readonly Analysis[]): readonly Found[] =>
    analyses.flatMap((analysis) => {
      const found = cache.get(analysis) ?? find(analysis);
      cache.set(analysis, found);
      return found;
    });
};

const definitionsIn = inEach(({ lines }) =>
  lines.flatMap((line) => {
    if (line.kind !== 'directive' || !/^Define$/i.test(line.name.value)) return [];
    const [name, value] = line.args;
    return name ? [{ name: name.value, value: value?.value }] : [];
  }),
);

/** Where directives name variables of requests: from which argument on. */
const SETS_VARIABLES: Readonly<Record<string, number>> = {
  setenv: 0,
  passenv: 0,
  setenvif: 2,
  setenvifnocase: 2,
  setenvifexpr: 1,
  browsermatch: 1,
  browsermatchnocase: 1,
};

const environmentIn = inEach(({ lines }) =>
  lines.flatMap((line) => {
    if (line.kind !== 'directive') return [];
    const name = line.name.value.toLowerCase();
    const first = SETS_VARIABLES[name];
    if (first === undefined) return [];
    const words = line.args.slice(first, name === 'setenv' ? first + 1 : undefined);
    return words.map(({ value }) => value.replace(/^!|=.*$/g, '')).filter((text) => /^[\w.-]+$/.test(text));
  }),
);
