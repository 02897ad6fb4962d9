import type { ServerPlan } from '../../plan';
import { hasApplication, hasDocumentRoot } from '../needs';
import { literalPattern } from '../sections';
import { httpdWord } from '../words';

/**
 * A text in a regular expression that stands for itself. mod_rewrite takes its words apart by rules of its own, in which a quote
 * ends a word whatever is before it, and a backslash stays; so there is no quote in it.
 */
const literal = (text: string): string =>
  text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&').replaceAll('"', '\\x22');

/** URL paths with a meaning of their own, which a file of the same name in the document root does not change. */
const reserved = ({ settings }: ServerPlan): string[] => [
  ...settings.files.aliases.map(({ url }) => url),
  ...settings.proxy.mountPoints.map(({ path }) => path),
  ...(settings.serverStatus ? ['/server-status'] : []),
];

const exceptReserved = (plan: ServerPlan): string[] =>
  reserved(plan).map((url) => `RewriteCond "%{REQUEST_URI}" "!^${literal(url.replace(/\/$/, ''))}(?:/|$)"`);

/** Whether URLs are looked at before they are mapped. */
export const rewrites = (plan: ServerPlan): boolean =>
  plan.settings.files.rewriteRules !== undefined ||
  (hasApplication(plan) && plan.settings.files.documentRoot !== undefined);

/**
 * Rules that stand in the server or in each virtual host, as those do not inherit them: the user's own, and the one that
 * lets a file of the document root go before the application. The name of the file comes from Apache's own variables, so
 * it is never taken for a pattern or for another variable.
 */
export const rewriting = (plan: ServerPlan): string[] => {
  if (!rewrites(plan)) return [];
  const { files } = plan.settings;
  const file = '"%{DOCUMENT_ROOT}%{REQUEST_URI}"';
  const ownDirectories = files.directoryIndex !== undefined || files.directoryListing;
  const exists = ownDirectories
    ? [`RewriteCond ${file} -f [OR]`, `RewriteCond ${file} -d`]
    : [`RewriteCond ${file} -f`];
  return [
    'RewriteEngine On',
    ...(files.rewriteRules
      ? [`Include ${httpdWord(literalPattern(files.rewriteRules), 'The file of rewrite rules')}`]
      : []),
    ...(hasDocumentRoot(plan) && hasApplication(plan)
      ? [...exceptReserved(plan), ...exists, `RewriteRule "^" ${file} [END]`]
      : []),
  ];
};
