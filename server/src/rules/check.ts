import { type Analysis, directiveOf, placeIn } from '../analysis';
import { hasPlaceholder } from '../syntax/templates';
import type { Line } from '../syntax/walk';
import type { Finding, LineContext, Rule, Severity } from './rule';
import { rules } from './table';

/** A finding with the rule it comes from. */
export interface Diagnosis extends Finding {
  readonly rule: string;
  readonly severity: Severity;
}

/** Runs every rule over a file. Pure; the order is that of the file. */
export const check = (analysis: Analysis): readonly Diagnosis[] => {
  const found: Diagnosis[] = [];
  let ignored: ReadonlySet<string> = NONE;
  for (const rule of rules)
    for (const finding of rule.file?.(analysis) ?? []) found.push(toDiagnosis(rule, finding));
  for (const line of analysis.lines) {
    if (line.kind === 'comment') {
      ignored = new Set([...ignored, ...ignoredRules(line.line.text)]);
      continue;
    }
    if (line.kind === 'blank') continue;
    for (const diagnosis of checkLine(analysis, line))
      if (!ignored.has(diagnosis.rule)) found.push(diagnosis);
    ignored = NONE;
  }
  return found.sort((a, b) => a.range.start - b.range.start);
};

const NONE: ReadonlySet<string> = new Set();

/** `# rule: ignore ID, ID` on a line of its own switches rules off for the next line. */
const ignoredRules = (comment: string): readonly string[] =>
  /^#\s*rule:\s*ignore\s+(.*)$/.exec(comment)?.[1]?.split(/[\s,]+/) ?? [];

const toDiagnosis = ({ id, severity }: Rule, finding: Finding): Diagnosis => ({
  severity,
  ...finding,
  rule: id,
});

function* checkLine(analysis: Analysis, line: Line): Generator<Diagnosis> {
  // What a template engine fills in cannot be judged.
  if ((line.kind === 'directive' || line.kind === 'open') && isFilledIn(analysis, line)) return;
  const context = { place: placeIn(analysis.top, line.sections), directive: directiveOf(line), analysis };
  for (const rule of rules)
    for (const finding of applyRule(rule, line, context)) yield toDiagnosis(rule, finding);
}

const isFilledIn = (analysis: Analysis, line: Extract<Line, { kind: 'directive' | 'open' }>): boolean =>
  analysis.tree.template && hasPlaceholder(line.kind === 'directive' ? line.line.text : line.tag.line.text);

const applyRule = (rule: Rule, line: Line, context: LineContext): Iterable<Finding> => {
  switch (line.kind) {
    case 'directive':
      return rule.directive?.({ line, ...context }) ?? [];
    case 'open':
      return rule.open?.({ line, ...context }) ?? [];
    case 'close':
      return rule.close?.({ line, ...context }) ?? [];
    default:
      return [];
  }
};
