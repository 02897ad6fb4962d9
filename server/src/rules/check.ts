import { type Analysis, directiveOf, isInMacro, placeIn } from '../analysis';
import type { Directive } from '../catalogue/directives';
import { type OptionWord, optionWords } from '../option-words';
import { remembered } from '../remembered';
import type { Block } from '../syntax/blocks';
import type { DirectiveNode, Range, SectionNode } from '../syntax/nodes';
import { hasPlaceholder } from '../syntax/templates';
import { type Line, lineAt } from '../syntax/walk';
import { LineMemory } from './line-memory';
import { Reported } from './reported';
import type { Finding, LineContext, Rule, RuleLine, Severity } from './rule';
import { rules } from './table';

/** A finding with the rule it comes from. */
export interface Diagnosis extends Finding {
  readonly rule: string;
  readonly severity: Severity;
}

/** Runs every rule over a file. Pure; the order is that of the file. */
export const check = (analysis: Analysis): readonly Diagnosis[] => {
  const found: Diagnosis[] = [];
  for (const rule of fileRules) {
    rule.file?.(analysis, reported.report);
    collect(rule, found);
  }
  const surroundings = new Map<readonly SectionNode[], Surroundings>();
  const around = (sections: readonly SectionNode[]): Surroundings => {
    const known = surroundings.get(sections);
    if (known) return known;
    const made = { analysis, place: placeIn(analysis.top, sections), inMacro: isInMacro(sections) };
    surroundings.set(sections, made);
    return made;
  };
  const memory = new LineMemory(analysis, (line, found) => checkLine(line, around(line.sections), found));
  for (const block of analysis.tree.blocks) found.push(...memory.findings(block));
  const counting = hasSuppressions(analysis)
    ? found.filter(({ rule, range }) => !suppressed(analysis, rule, range.start))
    : found;
  return counting.sort((a, b) => a.range.start - b.range.start);
};

const NONE: ReadonlySet<string> = new Set();

/** `# rule: ignore ID, ID` on a line of its own switches rules off for the next line. */
const ignoredRules = (comment: string): readonly string[] =>
  /^#\s*rule:\s*ignore\s+(.*)$/.exec(comment)?.[1]?.split(/[\s,]+/) ?? [];

/** Rules that comments switch off, by the start of the line they are switched off for. */
const suppressions = new WeakMap<Analysis, ReadonlyMap<number, ReadonlySet<string>>>();

const suppressionsOf = (analysis: Analysis): ReadonlyMap<number, ReadonlySet<string>> => {
  const known = suppressions.get(analysis);
  if (known) return known;
  const found = new Map<number, ReadonlySet<string>>();
  suppressions.set(analysis, found);
  if (!analysis.tree.blocks.some(suppresses)) return found;
  let ignored: ReadonlySet<string> = NONE;
  for (const line of analysis.lines) {
    if (line.kind === 'blank') continue;
    if (line.kind === 'comment') {
      const names = ignoredRules(line.line.text);
      if (names.length > 0) ignored = new Set([...ignored, ...names]);
      continue;
    }
    if (ignored.size > 0) found.set(line.start, ignored);
    ignored = NONE;
  }
  return found;
};

const suppressingBlocks = new WeakMap<Block, boolean>();

/** True if a block holds a comment that switches a rule off. */
const suppresses = (block: Block): boolean => {
  const known = suppressingBlocks.get(block);
  if (known !== undefined) return known;
  const found = block.items.some(
    (item) => item.kind === 'comment' && ignoredRules(item.line.text).length > 0,
  );
  suppressingBlocks.set(block, found);
  return found;
};

/** True if a comment switches a rule off somewhere in a file. */
export const hasSuppressions = (analysis: Analysis): boolean => suppressionsOf(analysis).size > 0;

/** True if a comment before the line at an offset switches the rule off. */
export const suppressed = (analysis: Analysis, rule: string, offset: number): boolean => {
  const found = suppressionsOf(analysis);
  if (found.size === 0) return false;
  const line = lineAt(analysis.lines, offset);
  return line !== undefined && (found.get(line.start)?.has(rule) ?? false);
};

/** Places are copied: those of the tree follow the edits of the file. */
const toDiagnosis = ({ id, severity }: Rule, finding: Finding): Diagnosis => ({
  severity,
  ...finding,
  range: copy(finding.range),
  ...(finding.related && {
    related: finding.related.map(({ range, message }) => ({ range: copy(range), message })),
  }),
  rule: id,
});

const copy = ({ start, end }: Range): Range => ({ start, end });

const fileRules = rules.filter(({ file }) => file);
const directiveRules = rules.filter(({ directive }) => directive);
const optionRules = rules.filter(({ options }) => options);

/** The rules about a directive. */
const rulesAbout = remembered((directive: Directive) => {
  const isAsked = ({ about }: Rule): boolean => !about || about.includes(directive.name);
  return { directive: directiveRules.filter(isAsked), options: optionRules.filter(isAsked) };
});

/** The rules about a directive that nobody knows. */
const RULES_ABOUT_ALL = directiveRules.filter(({ about }) => !about);

const openRules = rules.filter(({ open }) => open);
const closeRules = rules.filter(({ close }) => close);

/** What lines in the same sections have in common. */
type Surroundings = Omit<LineContext, 'directive'>;

const checkLine = (line: Line, { analysis, place, inMacro }: Surroundings, found: Diagnosis[]): void => {
  const directive = directiveOf(line);
  switch (line.kind) {
    case 'directive':
      if (!isFilledIn(analysis, line.line.text))
        checkDirective({ line, directive, analysis, place, inMacro }, found);
      break;
    case 'open':
      if (!isFilledIn(analysis, line.tag.line.text)) {
        const ruleLine = { line, directive, analysis, place, inMacro };
        for (const rule of openRules) {
          rule.open?.(ruleLine, reported.report);
          collect(rule, found);
        }
      }
      break;
    case 'close': {
      const ruleLine = { line, directive, analysis, place, inMacro };
      for (const rule of closeRules) {
        rule.close?.(ruleLine, reported.report);
        collect(rule, found);
      }
      break;
    }
    default:
  }
};

const checkDirective = (line: RuleLine<'directive'>, found: Diagnosis[]): void => {
  const { directive } = line;
  const asked = directive && rulesAbout(directive);
  for (const rule of asked?.directive ?? RULES_ABOUT_ALL) {
    rule.directive?.(line, reported.report);
    collect(rule, found);
  }
  if (!asked || !directive?.options || line.inMacro) return;
  const optionLine = { ...line, options: certainOptions(line.line, directive) };
  for (const rule of asked.options) {
    rule.options?.(optionLine, reported.report);
    collect(rule, found);
  }
};

const certainOptions = (line: DirectiveNode, directive: Directive): readonly OptionWord[] => {
  const all = optionWords(line, directive);
  const comment = all.findIndex(({ name }) => name.startsWith('#'));
  return (comment < 0 ? all : all.slice(0, comment)).filter(({ name, opaque }) => !opaque && name !== '\\');
};

const reported = new Reported<Finding>();

const collect = (rule: Rule, found: Diagnosis[]): void => {
  for (const finding of reported.take()) found.push(toDiagnosis(rule, finding));
};

/** What a template engine fills in cannot be judged. */
const isFilledIn = ({ tree }: Analysis, text: string): boolean => tree.template && hasPlaceholder(text);
