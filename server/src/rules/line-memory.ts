import type { Analysis } from '../analysis';
import type { Block } from '../syntax/blocks';
import type { LogicalLine } from '../syntax/logical-lines';
import type { Range, SectionNode } from '../syntax/nodes';
import { lineOf } from '../syntax/shift';
import type { Line } from '../syntax/walk';
import type { Diagnosis } from './check';

/** What was found, and where things stood then. */
interface Memory {
  /** All that the rules of a line may look at beside it. */
  readonly context: string;
  readonly start: number;
  readonly firstLine: number;
  readonly found: readonly Diagnosis[];
}

const ofBlocks = new WeakMap<Block, Memory>();

/** Of the lines of large blocks, in which an edit changes one of many. */
const ofLines = new WeakMap<LogicalLine, Memory>();

/** Fewer lines are checked faster than remembered one by one. */
const LARGE = 100;

/** What nearly all lines have, once for all of them. */
const NOTHING: readonly Diagnosis[] = [];

/**
 * Finds what is wrong with the lines of one file, or remembers it. What was found is kept with its block, and valid as long as all
 * that the rules of a line may look at is the same: the line, the kind of its file, the names of the sections around it.
 */
export class LineMemory {
  private readonly contexts = new Map<readonly SectionNode[], string>();
  private readonly traits: string;

  constructor(
    { dialect, generated, top, tree }: Analysis,
    private readonly find: (line: Line, found: Diagnosis[]) => void,
  ) {
    this.traits = `${dialect} ${generated} ${tree.template} ${top}`;
  }

  /** The findings of all lines of a block, as if its rules were asked. */
  findings(block: Block): readonly Diagnosis[] {
    const { start, items, lines } = block;
    const firstLine = items[0] ? lineOf(items[0]).firstLine : 0;
    const known = ofBlocks.get(block);
    if (known?.context === this.traits) {
      if (known.start === start && known.firstLine === firstLine) return known.found;
      if (known.firstLine === firstLine || !lines.some(isAlone)) {
        const found = moved(known.found, start - known.start);
        ofBlocks.set(block, { ...known, start, firstLine, found });
        return found;
      }
    }
    const all: Diagnosis[] = [];
    for (const line of lines) {
      if (line.kind === 'blank' || line.kind === 'comment') continue;
      if (items.length < LARGE) this.find(line, all);
      else for (const diagnosis of this.ofLine(line)) all.push(diagnosis);
    }
    const found = nothingIfNone(all);
    ofBlocks.set(block, { context: this.traits, start, firstLine, found });
    return found;
  }

  private ofLine(line: Line): readonly Diagnosis[] {
    if (isAlone(line)) return this.findingsOf(line);
    const context = this.contextOf(line.sections);
    const logical = line.kind === 'open' || line.kind === 'close' ? line.tag.line : line.line;
    const { start, firstLine } = logical;
    const known = ofLines.get(logical);
    const found =
      known?.context === context
        ? moved(known.found, start - known.start)
        : nothingIfNone(this.findingsOf(line));
    ofLines.set(logical, { context, start, firstLine, found });
    return found;
  }

  private findingsOf(line: Line): readonly Diagnosis[] {
    const found: Diagnosis[] = [];
    this.find(line, found);
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

/** A tag without its partner is told where in the file it stands. */
const isAlone = (line: Line): boolean =>
  (line.kind === 'open' && !line.section.close) || (line.kind === 'close' && !line.section);

/** A section as the lines in it may see it: of a condition on a module they see which. */
const nameOf = ({ open }: SectionNode): string =>
  /^ifmodule$/i.test(open.name) ? `${open.name} ${open.args[0]?.value}` : open.name;

const nothingIfNone = (found: readonly Diagnosis[]): readonly Diagnosis[] =>
  found.length === 0 ? NOTHING : found;

const moved = (found: readonly Diagnosis[], offset: number): readonly Diagnosis[] =>
  found.length === 0 || offset === 0 ? found : found.map((diagnosis) => move(diagnosis, offset));

const move = (diagnosis: Diagnosis, offset: number): Diagnosis => ({
  ...diagnosis,
  range: moveRange(diagnosis.range, offset),
  ...(diagnosis.related && {
    related: diagnosis.related.map(({ range, message }) => ({ range: moveRange(range, offset), message })),
  }),
});

const moveRange = ({ start, end }: Range, offset: number): Range => ({
  start: start + offset,
  end: end + offset,
});
