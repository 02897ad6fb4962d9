import type { Analysis } from '../analysis';
import type { Range, SectionNode } from '../syntax/nodes';
import type { Line } from '../syntax/walk';
import type { Diagnosis } from './check';

/** So many bytes of lines are remembered, about, and as many of those that were remembered before them. */
const GENERATION = 32_000_000;

/** What a line costs beside its text, and what a finding in it costs. */
const LINE_COST = 64;
const FINDING_COST = 600;

let recent = new Map<string, readonly Diagnosis[]>();
let old = new Map<string, readonly Diagnosis[]>();
let size = 0;

/** What nearly all lines have, once for all of them. */
const NOTHING: readonly Diagnosis[] = [];

/**
 * Finds what is wrong with the lines of one file, or remembers it. One keystroke changes one line, and the lines of many virtual hosts
 * are the same; so what was found is kept by all that the rules of a line may look at: its text, the kind of its file, the names
 * of the sections around it.
 */
export class LineMemory {
  private readonly contexts = new Map<readonly SectionNode[], string>();
  private readonly traits: string;

  constructor(
    private readonly analysis: Analysis,
    private readonly find: (line: Line) => readonly Diagnosis[],
  ) {
    const { dialect, generated, top, tree } = analysis;
    this.traits = `${dialect} ${generated} ${tree.template} ${top}`;
  }

  /** The findings of a line, as if its rules were asked. */
  findings(line: Line): readonly Diagnosis[] {
    // A tag without its partner is told where in the file it stands.
    if ((line.kind === 'open' && !line.section.close) || (line.kind === 'close' && !line.section))
      return this.find(line);
    const key = `${this.contextOf(line.sections)}\n${this.analysis.tree.text.slice(line.start, line.end)}`;
    const known = recent.get(key) ?? revive(key);
    if (known) return known.length === 0 ? known : known.map((diagnosis) => shift(diagnosis, line.start));
    const found = this.find(line);
    remember(
      key,
      found.map((diagnosis) => shift(diagnosis, -line.start)),
    );
    return found;
  }

  private contextOf(sections: readonly SectionNode[]): string {
    const known = this.contexts.get(sections);
    if (known !== undefined) return known;
    const context = [this.traits, ...sections.map(nameOf)].join('\n');
    this.contexts.set(sections, context);
    return context;
  }
}

/** A section as the lines in it may see it: of a condition on a module they see which. */
const nameOf = ({ open }: SectionNode): string =>
  /^ifmodule$/i.test(open.name) ? `${open.name} ${open.args[0]?.value}` : open.name;

const remember = (key: string, found: readonly Diagnosis[]): void => {
  if (size > GENERATION) {
    old = recent;
    recent = new Map();
    size = 0;
  }
  size += key.length + LINE_COST + found.length * FINDING_COST;
  recent.set(key, found.length === 0 ? NOTHING : found);
};

const revive = (key: string): readonly Diagnosis[] | undefined => {
  const found = old.get(key);
  if (found) remember(key, found);
  return found;
};

const shift = (diagnosis: Diagnosis, offset: number): Diagnosis => ({
  ...diagnosis,
  range: shiftRange(diagnosis.range, offset),
  ...(diagnosis.related && {
    related: diagnosis.related.map(({ range, message }) => ({ range: shiftRange(range, offset), message })),
  }),
});

const shiftRange = ({ start, end }: Range, offset: number): Range => ({
  start: start + offset,
  end: end + offset,
});
