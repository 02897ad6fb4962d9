import type { Directive } from '../catalogue/directives';
import type { Range } from '../syntax/nodes';

/** A range of a file that is named as the file system names it. */
export interface SourceRange extends Range {
  readonly file: string;
}

/** A word of the assembled configuration: variables expanded, and where it stands now. See {@link placeOf} for a copy of the place. */
export interface ConfigWord extends SourceRange {
  readonly value: string;
  /** False if a part of it is only known when the server runs, or to a template engine. */
  readonly known: boolean;
}

/** The place of something that can move, as it is now. */
export const placeOf = ({ file, start, end }: SourceRange): SourceRange => ({ file, start, end });

/** A `name=value` of a mod_wsgi directive. */
export interface ConfigOption {
  readonly name: string;
  readonly value: ConfigWord;
}

/** A directive or section of the configuration as Apache puts it together from its files. */
export interface Entry {
  /** Lower case, `<` in front of a section. */
  readonly key: string;
  /** As the catalogue spells it, or as written if the catalogue does not know it. */
  readonly name: string;
  readonly directive: Directive | undefined;
  readonly nameRange: SourceRange;
  readonly words: readonly ConfigWord[];
  /** The options of a mod_wsgi directive by name; the last one of a name counts. */
  readonly options: ReadonlyMap<string, ConfigOption>;
  /** From the name to the last word. */
  readonly range: SourceRange;
  /** Number of its last physical line, from 1, as Apache counts. */
  readonly line: number;
  /** True for what `Use` inserted: all its ranges are those of the `Use`. */
  readonly fromMacro: boolean;
  readonly parent: Entry | undefined;
  readonly children: readonly Entry[];
  /** Position in reading order. */
  readonly order: number;
  /** False inside a startup condition that nobody can decide without the running server. */
  readonly certain: boolean;
}

/** A variable, as `Define` or the server's environment sets it. */
export interface Definition {
  readonly name: string;
  readonly value: string | undefined;
  /** Undefined for a variable of the environment. */
  readonly at: SourceRange | undefined;
}

/** What is known of a startup condition at the moment Apache reads it. */
export type Verdict = 'holds' | 'fails' | 'unknown';

/** A startup condition that was met. */
export interface ConditionRead {
  readonly entry: Entry;
  readonly verdict: Verdict;
}

/** An Include that was met, with the files it reads. */
export interface IncludeRead {
  readonly entry: Entry;
  readonly files: readonly string[];
  /** Apache's message if it refuses the line. */
  readonly problem: string | undefined;
}

/** A macro that was defined. */
export interface MacroRead {
  readonly name: string;
  readonly at: SourceRange;
}

/** The sections around an entry, innermost first. */
export const ancestorsOf = (entry: Entry): readonly Entry[] => {
  const found: Entry[] = [];
  for (let outer = entry.parent; outer; outer = outer.parent) found.push(outer);
  return found;
};

/** The virtual host around an entry. */
export const hostEntryOf = (entry: Entry): Entry | undefined =>
  entry.key === '<virtualhost' ? entry : ancestorsOf(entry).find(({ key }) => key === '<virtualhost');
