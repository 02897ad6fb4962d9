import { wordTable } from '../../../common/src/word-table';
import type { Analysis } from '../analysis';
import type { Directive } from '../catalogue/directives';
import type { Configuration } from '../configuration/configuration';
import type { FileSystem } from '../model/machine';
import { remembered } from '../remembered';
import type { Block } from '../syntax/blocks';
import type { Line } from '../syntax/walk';
import { type NameKind, namesOfLine } from './names';

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

/** What is found in each line is kept with its block: a keystroke changes one block of many. */
const inLines = <Found>(find: (line: Line, analysis: Analysis) => readonly Found[]) => {
  const inBlock = remembered((block: Block, analysis: Analysis) =>
    block.lines.flatMap((line) => find(line, analysis)),
  );
  return (analyses: readonly Analysis[]): readonly Found[] =>
    analyses.flatMap((analysis) => analysis.tree.blocks.flatMap((block) => inBlock(block, analysis)));
};

const declarations = inLines((line, analysis) =>
  namesOfLine(analysis, line).flatMap(({ kind, role, text }) =>
    role === 'declaration' ? [{ kind, text }] : [],
  ),
);

/** The names of a kind that are declared in a set of files. */
const declared = (analyses: readonly Analysis[], wanted: NameKind): readonly string[] =>
  unique(declarations(analyses).flatMap(({ kind, text }) => (kind === wanted ? [text] : [])));

/** The surroundings of a file that stands for itself. */
export const surroundingsOf = (analysis: Analysis, disk: Surroundings['disk']): Surroundings =>
  new NamedIn(() => ({ analyses: [analysis], exported: [] }), disk, []);

/**
 * The surroundings of a file in its configuration; the environment's variables are among them.
 *
 * @param configurationAround reads the configuration, which most completions do not need
 */
export const configurationSurroundings = (
  configurationAround: () => Configuration,
  own: Analysis,
  disk: Surroundings['disk'],
  learned: readonly Directive[],
): Surroundings =>
  new NamedIn(
    () => {
      const { files, definitions } = configurationAround();
      const analyses = [...files.values()].map(({ analysis }) => analysis);
      return {
        analyses: analyses.includes(own) ? analyses : [...analyses, own],
        exported: definitions.filter(({ at }) => at === undefined),
      };
    },
    disk,
    learned,
  );

/** Where names are looked for. */
interface Sources {
  readonly analyses: readonly Analysis[];
  /** Variables of the environment. */
  readonly exported: Surroundings['variables'];
}

/** Each list is made when somebody asks for it: a completion needs one of them, or none. */
class NamedIn implements Surroundings {
  constructor(
    private readonly sources: () => Sources,
    readonly disk: Surroundings['disk'],
    readonly learned: readonly Directive[],
  ) {}

  get groups(): readonly string[] {
    return declared(this.sources().analyses, 'process group');
  }

  get variables(): Surroundings['variables'] {
    const { analyses, exported } = this.sources();
    return [...definitionsIn(analyses), ...exported];
  }

  get macros(): readonly string[] {
    return declared(this.sources().analyses, 'macro');
  }

  get logFormats(): readonly string[] {
    return declared(this.sources().analyses, 'log format');
  }

  get environment(): readonly string[] {
    return unique(environmentIn(this.sources().analyses));
  }
}

const definitionsIn = inLines((line) => {
  if (line.kind !== 'directive' || !/^Define$/i.test(line.name.value)) return [];
  const [name, value] = line.args;
  return name ? [{ name: name.value, value: value?.value }] : [];
});

/** Where directives name variables of requests: from which argument on. */
const SETS_VARIABLES: Readonly<Record<string, number>> = wordTable({
  setenv: 0,
  passenv: 0,
  setenvif: 2,
  setenvifnocase: 2,
  setenvifexpr: 1,
  browsermatch: 1,
  browsermatchnocase: 1,
});

const environmentIn = inLines((line) => {
  if (line.kind !== 'directive') return [];
  const name = line.name.value.toLowerCase();
  const first = SETS_VARIABLES[name];
  if (first === undefined) return [];
  const words = line.args.slice(first, name === 'setenv' ? first + 1 : undefined);
  return words.map(({ value }) => value.replace(/^!|=.*$/g, '')).filter((text) => /^[\w.-]+$/.test(text));
});
