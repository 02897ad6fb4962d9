import { Dependents } from '../configuration/dependents';
import type { SourceRange } from '../configuration/entries';
import type { Part } from '../configuration/part';
import { note, SOURCE } from '../configuration/reads';
import { blockAt, countBefore } from '../syntax/blocks';
import type { LogicalLine } from '../syntax/logical-lines';
import { lineOf } from '../syntax/shift';
import { suppressed } from './check';
import type { Fix, Rule, Severity, SiteContext, SiteFinding, TargetMachine } from './rule';
import { rules } from './table';

/** A finding about the whole configuration, with the rule it comes from. */
export interface SiteDiagnosis extends SiteFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly tags: Rule['tags'];
}

export type { Fix, SourceRange };

/** Runs the rules over an assembled configuration. Pure apart from the machine it is given; by file, in file order. */
export const checkSite = (context: SiteContext): ReadonlyMap<string, readonly SiteDiagnosis[]> => {
  const findings = new SiteFindings(context);
  const found = [...context.site.configuration.files.keys()].map(
    (file) => [file, findings.in(file)] as const,
  );
  return new Map(found.filter(([, all]) => all.length > 0));
};

/** A finding, and the lines that its places stand in, with where those began when it was made. */
interface Placed {
  readonly rule: number;
  readonly finding: SiteFinding;
  readonly lines: readonly (LogicalLine | undefined)[];
  readonly starts: readonly number[];
}

const partRules = rules.flatMap((rule, index) => (rule.part ? [{ rule, index }] : []));
const siteRules = rules.flatMap((rule, index) => (rule.site ? [{ rule, index }] : []));

/**
 * What the rules find in a configuration, from one version of it to the next: a rule is asked again only of the parts that are new,
 * and where something changed that it had looked at. Not for two configurations: see {@link SiteContext}.
 */
export class SiteFindings {
  private readonly ofParts = new Dependents<Part, readonly Placed[]>();
  private readonly ofRules = new Dependents<number, readonly Placed[]>();
  /** All lists of findings that speak of a file. */
  private readonly byFile = new Map<string, Set<readonly Placed[]>>();
  private readonly machine: NotedMachine | undefined;
  private readonly context: SiteContext;

  constructor(context: SiteContext) {
    this.machine = context.machine && new NotedMachine(context.machine);
    this.context = { ...context, site: context.site, machine: this.machine };
    context.site.news();
    for (const part of context.site.configuration.parts) this.checkPart(part);
    for (const { rule, index } of siteRules) this.checkWhole(rule, index);
  }

  /**
   * Goes on with the version of the configuration that its site now has.
   *
   * @param disk whether files of the machine can have changed
   */
  update(disk: boolean): void {
    const { removed, renewed, changed } = this.context.site.news();
    const all = new Set([...changed, ...((disk && this.machine?.changes()) || [])]);
    for (const part of removed) {
      this.index(this.ofParts.get(part), 'delete');
      this.ofParts.forget(part);
    }
    const { parts } = this.context.site.configuration;
    const affected = this.ofParts.affectedBy(all);
    if (affected.size + renewed.size > 0)
      for (const part of parts) if (affected.has(part) || renewed.has(part)) this.checkPart(part);
    const rulesAffected = this.ofRules.affectedBy(all);
    for (const { rule, index } of siteRules) if (rulesAffected.has(index)) this.checkWhole(rule, index);
  }

  /** The findings in a file, in file order. */
  in(file: string): readonly SiteDiagnosis[] {
    const { configuration } = this.context.site;
    const analysis = configuration.files.get(file)?.analysis;
    // What a template generates is not judged as a whole.
    if (!analysis || analysis.tree.template) return [];
    const { complete } = configuration;
    const found: { readonly placed: Placed; readonly start: number; readonly end: number }[] = [];
    for (const list of this.byFile.get(file) ?? [])
      for (const placed of list) {
        const { at } = placed.finding;
        if (at.file !== file) continue;
        const offset = movedBy(placed, 0);
        found.push({ placed, start: at.start + offset, end: at.end + offset });
      }
    found.sort((a, b) => a.start - b.start || a.placed.rule - b.placed.rule || compare(a.placed, b.placed));
    return found.flatMap(({ placed, start, end }, index) => {
      // A file that is included twice is found fault with once.
      const last = found[index - 1];
      const isTold = last?.start === start && last.end === end && isSameFinding(last.placed, placed);
      const diagnosis = isTold ? undefined : toDiagnosis(placed, complete);
      return diagnosis && !suppressed(analysis, diagnosis.rule, start) ? [diagnosis] : [];
    });
  }

  private checkPart(part: Part): void {
    this.index(this.ofParts.get(part), 'delete');
    const { site } = this.context;
    const context = { ...this.context, site, part: site.partOf(part) };
    const found = this.ofParts.renew(part, () => {
      const all: Placed[] = [];
      for (const { rule, index } of partRules)
        if (this.applies(rule))
          for (const finding of rule.part?.(context) ?? []) all.push(this.place(index, finding));
      return all;
    });
    this.index(found, 'add');
  }

  private checkWhole(rule: Rule, index: number): void {
    this.index(this.ofRules.get(index), 'delete');
    const found = this.ofRules.renew(index, () =>
      this.applies(rule)
        ? [...(rule.site?.(this.context) ?? [])].map((finding) => this.place(index, finding))
        : [],
    );
    this.index(found, 'add');
  }

  private applies({ needs }: Rule): boolean {
    return needs !== 'root' || this.context.site.configuration.rooted;
  }

  private index(list: readonly Placed[] | undefined, change: 'add' | 'delete'): void {
    for (const { finding } of list ?? []) {
      const { file } = finding.at;
      const lists = this.byFile.get(file) ?? new Set();
      lists[change](list ?? []);
      if (lists.size > 0) this.byFile.set(file, lists);
      else this.byFile.delete(file);
    }
  }

  private place(rule: number, finding: SiteFinding): Placed {
    const { files } = this.context.site.configuration;
    const lines = placesIn(finding).map(({ file, start }) => {
      const block = blockAt(files.get(file)?.analysis.tree.blocks ?? [], start);
      const count = block ? countBefore(block.items, (item) => item.start <= start) : 0;
      const item = block?.items[Math.max(count - 1, 0)];
      return item && lineOf(item);
    });
    return { rule, finding: copyOf(finding), lines, starts: lines.map((line) => line?.start ?? 0) };
  }
}

const compare = ({ finding: a }: Placed, { finding: b }: Placed): number =>
  a.at.end - b.at.end || (a.message < b.message ? -1 : a.message > b.message ? 1 : 0);

const isSameFinding = (a: Placed, b: Placed): boolean =>
  a.rule === b.rule && a.finding.message === b.finding.message;

/** How far an edit above has moved a place of a finding. */
const movedBy = ({ lines, starts }: Placed, place: number): number => {
  const line = lines[place];
  return line ? line.start - (starts[place] ?? 0) : 0;
};

/** All places of a finding, its own first. */
const placesIn = ({ at, related = [], fixes = [] }: SiteFinding): readonly SourceRange[] => [
  at,
  ...related.map((place) => place.at),
  ...fixes.flatMap(({ edits }) => edits.map((edit) => edit.at)),
];

/** A finding whose places are moved: in the order of {@link placesIn}. */
const withPlaces = (
  { at, related, fixes, ...finding }: SiteFinding,
  move: (place: SourceRange) => SourceRange,
): SiteFinding => ({
  ...finding,
  at: move(at),
  ...(related && { related: related.map(({ at: place, message }) => ({ at: move(place), message })) }),
  ...(fixes && {
    fixes: fixes.map(({ title, edits }) => ({
      title,
      edits: edits.map(({ at: place, text }) => ({ at: move(place), text })),
    })),
  }),
});

/** Places are copied: those of words follow the edits of their file. */
const copyOf = (finding: SiteFinding): SiteFinding =>
  withPlaces(finding, ({ file, start, end }) => ({ file, start, end }));

const toDiagnosis = (placed: Placed, complete: boolean): SiteDiagnosis => {
  const { rule: index, finding, lines } = placed;
  let place = 0;
  const moved = lines.every((_, each) => movedBy(placed, each) === 0)
    ? finding
    : withPlaces(finding, ({ file, start, end }) => {
        const offset = movedBy(placed, place++);
        return { file, start: start + offset, end: end + offset };
      });
  const rule = rules[index] as Rule;
  const severity = finding.severity ?? rule.severity;
  const doubtful = rule.needs === 'root' && !complete && severity !== 'hint';
  return { ...moved, severity: doubtful ? 'information' : severity, rule: rule.id, tags: rule.tags };
};

/** The machine, as the rules see it: who asks for a path is asked again when something else stands there. */
class NotedMachine implements TargetMachine {
  private readonly seen = new Map<string, string>();
  private readonly texts = new Map<string, string | undefined>();

  constructor(private readonly machine: TargetMachine) {}

  read(path: string): string | undefined {
    this.look(path);
    if (!this.texts.has(path)) this.texts.set(path, this.machine.read(path));
    return this.texts.get(path);
  }

  kind(path: string): 'file' | 'folder' | undefined {
    this.look(path);
    return this.machine.kind(path);
  }

  list(path: string): readonly string[] | undefined {
    this.look(path);
    return this.machine.list(path);
  }

  status(path: string): ReturnType<TargetMachine['status']> {
    this.look(path);
    return this.machine.status(path);
  }

  /** The names of what is different now. */
  changes(): readonly string[] {
    const found: string[] = [];
    for (const [path, before] of this.seen) {
      const now = this.stateOf(path);
      if (now === before) continue;
      this.seen.set(path, now);
      this.texts.delete(path);
      found.push(SOURCE.disk(path));
    }
    return found;
  }

  private look(path: string): void {
    note(SOURCE.disk(path));
    if (!this.seen.has(path)) this.seen.set(path, this.stateOf(path));
  }

  private stateOf(path: string): string {
    return JSON.stringify([this.machine.kind(path), this.machine.status(path)]);
  }
}
