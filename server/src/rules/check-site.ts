import { Dependents } from '../configuration/dependents';
import type { SourceRange } from '../configuration/entries';
import { LinePlace } from '../configuration/line-place';
import type { Part } from '../configuration/part';
import { note, SOURCE } from '../configuration/reads';
import { type Block, blockAt, countBefore } from '../syntax/blocks';
import type { LogicalLine } from '../syntax/logical-lines';
import { lineOf } from '../syntax/shift';
import { hasSuppressions, suppressed } from './check';
import { Reported } from './reported';
import type { Fix, PartContext, Rule, Severity, SiteContext, SiteFinding, TargetMachine } from './rule';
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

/** A finding whose places move with the edits above them. */
interface Placed {
  /** Number of the rule. */
  readonly rule: number;
  readonly diagnosis: SiteDiagnosis;
  /** What is said of it where an Include could not be followed. */
  readonly doubtful: SiteDiagnosis;
}

const NOTHING: readonly never[] = [];

/** A rule that is asked of a part, or of the whole configuration. */
interface Task {
  /** Number of the rule. */
  readonly index: number;
  readonly rule: Rule;
  readonly part: Part | undefined;
  readonly context: SiteContext | PartContext;
}

const partRules = rules.flatMap((rule, index) =>
  rule.part ? [{ rule, index, keys: rule.about?.map((name) => name.toLowerCase()) }] : [],
);
/** The rules that can find something in a part, by what it holds: most parts hold what others hold. */
const selections = new Map<string, typeof partRules>();

const MOST_SELECTIONS = 1000;

const rulesAbout = ({ byKey }: Part): typeof partRules => {
  const held = [...byKey.keys()].join(' ');
  const known = selections.get(held);
  if (known) return known;
  const found = partRules.filter(({ keys }) => !keys || keys.some((key) => byKey.has(key)));
  if (selections.size >= MOST_SELECTIONS) selections.clear();
  selections.set(held, found);
  return found;
};

const siteRules = rules.flatMap((rule, index) => (rule.site ? [{ rule, index }] : []));

/**
 * What the rules find in a configuration, from one version of it to the next: a rule is asked again only of the parts that are new,
 * and where something changed that it had looked at. Not for two configurations: see {@link SiteContext}.
 */
export class SiteFindings {
  private readonly results = new Dependents<Task, Placed>((task) => this.findings(task));
  /** What is remembered of each part. */
  private readonly ofParts = new Map<Part, readonly Task[]>();
  /** All lists of findings that speak of a file. */
  private readonly byFile = new Map<string, Set<readonly Placed[]>>();
  private readonly reported = new Reported<SiteFinding>();
  private readonly machine: NotedMachine | undefined;
  private readonly context: SiteContext;

  constructor(context: SiteContext) {
    this.machine = context.machine && new NotedMachine(context.machine);
    this.context = { ...context, site: context.site, machine: this.machine };
    context.site.news();
    for (const part of context.site.configuration.parts) this.checkPart(part);
    for (const { rule, index } of siteRules)
      if (this.applies(rule)) this.ask({ index, rule, part: undefined, context: this.context });
  }

  /**
   * Goes on with the version of the configuration that its site now has.
   *
   * @param disk whether files of the machine can have changed
   */
  update(disk: boolean): void {
    const { removed, renewed, changed } = this.context.site.news();
    const all = new Set([...changed, ...((disk && this.machine?.changes()) || [])]);
    for (const part of removed) this.forget(part);
    const affected = this.results.affectedBy(all);
    for (const part of renewed) this.checkPart(part);
    for (const task of affected) if (!task.part || !renewed.has(task.part)) this.ask(task);
  }

  /** The findings in a file, in file order. */
  in(file: string): readonly SiteDiagnosis[] {
    const { configuration } = this.context.site;
    const analysis = configuration.files.get(file)?.analysis;
    // What a template generates is not judged as a whole.
    if (!analysis || analysis.tree.template) return [];
    const found: Placed[] = [];
    for (const list of this.byFile.get(file) ?? [])
      for (const placed of list) if (placed.diagnosis.at.file === file) found.push(placed);
    found.sort(compare);
    const told = found.filter((placed, index) => {
      // A file that is included twice is found fault with once.
      const last = found[index - 1];
      return !last || !isSameFinding(last, placed);
    });
    const diagnoses = told.map(({ diagnosis, doubtful }) => (configuration.complete ? diagnosis : doubtful));
    return hasSuppressions(analysis)
      ? diagnoses.filter(({ rule, at }) => !suppressed(analysis, rule, at.start))
      : diagnoses;
  }

  private checkPart(part: Part): void {
    this.forget(part);
    const context = { ...this.context, part: this.context.site.partOf(part) };
    const tasks: Task[] = [];
    for (const { rule, index } of rulesAbout(part)) {
      if (!this.applies(rule)) continue;
      const task = { index, rule, part, context };
      this.ask(task);
      if (this.results.get(task)) tasks.push(task);
    }
    this.ofParts.set(part, tasks);
  }

  private forget(part: Part): void {
    for (const task of this.ofParts.get(part) ?? []) {
      this.index(this.results.get(task), 'delete');
      this.results.forget(task);
    }
    this.ofParts.delete(part);
  }

  private ask(task: Task): void {
    this.index(this.results.get(task), 'delete');
    this.index(this.results.renew(task), 'add');
  }

  private findings({ index, rule, context }: Task): readonly Placed[] {
    const { report } = this.reported;
    if ('part' in context) rule.part?.(context, report);
    else rule.site?.(context, report);
    const found = this.reported.take();
    return found.length === 0 ? NOTHING : found.map((finding) => this.place(index, finding));
  }

  private applies({ needs }: Rule): boolean {
    switch (needs) {
      case 'root':
        return this.context.site.configuration.rooted;
      case 'machine':
        return this.machine !== undefined;
      default:
        return true;
    }
  }

  private index(list: readonly Placed[] | undefined, change: 'add' | 'delete'): void {
    for (const { diagnosis } of list ?? []) {
      const { file } = diagnosis.at;
      const lists = this.byFile.get(file) ?? new Set();
      lists[change](list ?? []);
      if (lists.size > 0) this.byFile.set(file, lists);
      else this.byFile.delete(file);
    }
  }

  private place(index: number, finding: SiteFinding): Placed {
    const { files } = this.context.site.configuration;
    const { id, severity, needs, tags } = rules[index] as Rule;
    const placed = withPlaces(finding, (place) => {
      // What stands in a line moves with it already.
      if (place instanceof LinePlace && place.line) return place;
      const { file, start, end } = place;
      const line = lineAround(files.get(file)?.analysis.tree.blocks ?? [], start);
      const origin = line?.start ?? 0;
      return new LinePlace(file, line, start - origin, end - origin);
    });
    const diagnosis = { severity, ...placed, rule: id, tags };
    const isCertain = needs !== 'root' || diagnosis.severity === 'hint';
    return {
      rule: index,
      diagnosis,
      doubtful: isCertain ? diagnosis : { ...diagnosis, severity: 'information' },
    };
  }
}

/** The logical line around an offset. */
const lineAround = (blocks: readonly Block[], offset: number): LogicalLine | undefined => {
  const items = blockAt(blocks, offset)?.items ?? [];
  const item = items[Math.max(countBefore(items, ({ start }) => start <= offset) - 1, 0)];
  return item && lineOf(item);
};

const compare = (a: Placed, b: Placed): number => {
  const [first, second] = [a.diagnosis, b.diagnosis];
  return (
    first.at.start - second.at.start ||
    a.rule - b.rule ||
    first.at.end - second.at.end ||
    compareTexts(first.message, second.message) ||
    compareRelated(first.related?.[0]?.at, second.related?.[0]?.at)
  );
};

const compareTexts = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Of findings that differ in nothing else one is told, always the same one. */
const compareRelated = (a: SourceRange | undefined, b: SourceRange | undefined): number =>
  a && b ? compareTexts(a.file, b.file) || a.start - b.start : 0;

const isSameFinding = (a: Placed, b: Placed): boolean =>
  a.rule === b.rule &&
  a.diagnosis.message === b.diagnosis.message &&
  a.diagnosis.at.start === b.diagnosis.at.start &&
  a.diagnosis.at.end === b.diagnosis.at.end;

/** A finding with other places. */
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
