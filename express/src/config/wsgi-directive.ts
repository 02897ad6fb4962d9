import type { ServerPlan } from '../plan';

/**
 * One line with a directive of mod_wsgi, or none where the module does not know it. What the user is told about that
 * stands in express/src/preflight/module-support.ts.
 */
export const wsgi = ({ features }: ServerPlan, directive: string, ...words: readonly string[]): string[] =>
  features.knows(directive) ? [[directive, ...words].join(' ')] : [];
