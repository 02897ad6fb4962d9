import type { SourceRange } from '../configuration/entries';
import { suppressed } from './check';
import type { Fix, Rule, Severity, SiteContext, SiteFinding } from './rule';
import { rules } from './table';

/** A finding about the whole configuration, with the rule it comes from. */
export interface SiteDiagnosis extends SiteFinding {
  readonly rule: string;
  readonly severity: Severity;
  readonly tags: Rule['tags'];
}

export type { Fix, SourceRange };

const siteRules = rules.filter(({ site }) => site);

/** Runs the rules over an assembled configuration. Pure apart from the machine it is given; by file, in file order. */
export const checkSite = (context: SiteContext): ReadonlyMap<string, readonly SiteDiagnosis[]> => {
  const { configuration } = context.site;
  const byFile = new Map<string, SiteDiagnosis[]>();
  const seen = new Set<string>();
  for (const rule of siteRules) {
    if (rule.needs === 'root' && !configuration.rooted) continue;
    for (const finding of rule.site?.(context) ?? []) {
      const { at, message } = finding;
      // A file that is included twice is found fault with once.
      const key = `${rule.id} ${at.file} ${at.start} ${at.end} ${message}`;
      if (seen.has(key) || isOff(context, rule.id, at)) continue;
      seen.add(key);
      const list = byFile.get(at.file) ?? [];
      list.push(toDiagnosis(rule, finding, configuration.complete));
      byFile.set(at.file, list);
    }
  }
  for (const list of byFile.values()) list.sort((a, b) => a.at.start - b.at.start);
  return byFile;
};

const toDiagnosis = (rule: Rule, finding: SiteFinding, complete: boolean): SiteDiagnosis => {
  const severity = finding.severity ?? rule.severity;
  const doubtful = rule.needs === 'root' && !complete && severity !== 'hint';
  return { ...finding, severity: doubtful ? 'information' : severity, rule: rule.id, tags: rule.tags };
};

/** What a template generates is not judged as a whole; what a comment switches off is not judged at all. */
const isOff = ({ site }: SiteContext, rule: string, at: SourceRange): boolean => {
  const analysis = site.configuration.files.get(at.file)?.analysis;
  return !analysis || analysis.tree.template || suppressed(analysis, rule, at.start);
};
