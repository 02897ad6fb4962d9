import type { Analysis } from '../analysis';
import { suppressed } from './check';
import type { SiteDiagnosis } from './check-site';
import { Reported } from './reported';
import type { AccessFileContext, SiteFinding } from './rule';
import { rules } from './table';

const accessFileRules = rules.filter(({ accessFile }) => accessFile);

/** Runs the rules over an access file whose server is known. */
export const checkAccessFile = (context: AccessFileContext, analysis: Analysis): readonly SiteDiagnosis[] =>
  accessFileRules.flatMap((rule) => {
    const reported = new Reported<SiteFinding>();
    rule.accessFile?.(context, reported.report);
    return reported
      .take()
      .filter(({ at }) => !analysis.tree.template && !suppressed(analysis, rule.id, at.start))
      .map((finding) => ({ severity: rule.severity, ...finding, rule: rule.id, tags: rule.tags }));
  });
