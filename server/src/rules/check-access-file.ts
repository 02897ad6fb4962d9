import type { Analysis } from '../analysis';
import { suppressed } from './check';
import type { SiteDiagnosis } from './check-site';
import type { AccessFileContext } from './rule';
import { rules } from './table';

const accessFileRules = rules.filter(({ accessFile }) => accessFile);

/** Runs the rules over an access file whose server is known. */
export const checkAccessFile = (context: AccessFileContext, analysis: Analysis): readonly SiteDiagnosis[] =>
  accessFileRules.flatMap((rule) =>
    [...(rule.accessFile?.(context) ?? [])]
      .filter(({ at }) => !analysis.tree.template && !suppressed(analysis, rule.id, at.start))
      .map((finding) => ({ severity: rule.severity, ...finding, rule: rule.id, tags: rule.tags })),
  );
