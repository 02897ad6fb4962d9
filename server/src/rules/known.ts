import { isGuarded, type KnownPlace, mayStand } from '../analysis';
import { allDirectives, type Directive, isAuthorization } from '../catalogue/directives';
import { nearest } from '../catalogue/nearest';
import { sectionEffect } from '../catalogue/places';
import { thirdPartyModule } from '../catalogue/third-party';
import type { Range } from '../syntax/nodes';
import { notAllowedInAccessFile } from './access-files';
import type { Finding, Report, Rule, RuleLine } from './rule';

const directiveNames = allDirectives.filter(({ section }) => !section).map(({ name }) => name);
const sectionNames = allDirectives.filter(({ section }) => section).map(({ name }) => name);

const unknown = (
  line: RuleLine,
  name: string,
  range: Range,
  candidates: readonly string[],
  report: Report<Finding>,
): void => {
  const { analysis, directive } = line;
  if (name.includes('${') || analysis.tree.template || line.inMacro) return;
  const shown = candidates === sectionNames ? `<${name}>` : name;
  if (directive) {
    if (directive.httpd?.trunkOnly)
      report({
        range,
        severity: 'warning',
        message: `\`${shown}\` belongs to the development version of httpd and does not exist in 2.4.`,
      });
    return;
  }
  if (isGuarded(line.line.sections) || thirdPartyModule(name)) return;
  const meant = nearest(name, candidates);
  if (meant)
    report({
      range,
      message: `No directive is called \`${shown}\`. Did you mean \`${meant}\`?`,
      replacement: meant,
    });
  else
    report({
      range,
      severity: /^wsgi/i.test(name) ? 'error' : 'warning',
      message: `Neither httpd 2.4 nor mod_wsgi has a directive \`${shown}\`: Apache starts only if another module brings it.`,
    });
};

const isWellKnown = (directive: Directive | undefined): boolean =>
  directive !== undefined && directive.httpd?.trunkOnly !== true;

export const unknownDirective: Rule = {
  id: 'unknown-directive',
  severity: 'error',
  summary: 'The name is no directive or section of httpd 2.4 or mod_wsgi.',
  directive(line, report) {
    const { name } = line.line;
    if (isWellKnown(line.directive) || name.opaque || /^\uFEFF|^$/.test(name.value)) return;
    unknown(line, name.value.replace(/>$/, ''), name, directiveNames, report);
  },
  open(line, report) {
    const { name, nameRange } = line.line.tag;
    if (isWellKnown(line.directive) || name === '') return;
    unknown(line, name, nameRange, sectionNames, report);
  },
};

const PLACE_NAMES: Readonly<Record<Exclude<KnownPlace, 'unknown'>, string>> = {
  'server config': 'the server configuration outside of any section',
  'virtual host': '`<VirtualHost>`',
  'server or virtual host': 'the server configuration or a `<VirtualHost>`',
  directory: '`<Directory>`',
  location: '`<Location>`',
  files: '`<Files>`',
  if: '`<If>`',
  proxy: '`<Proxy>`',
  limit: '`<Limit>`',
  '.htaccess': '`.htaccess`',
};

const list = (directive: Directive): string =>
  [...directive.places, ...(directive.htaccess ? (['.htaccess'] as const) : [])]
    .map((place) => PLACE_NAMES[place])
    .join(', ');

const misplaced = (ruleLine: RuleLine, name: string, range: Range, report: Report<Finding>): void => {
  const { directive, place, line, inMacro } = ruleLine;
  if (!directive || inMacro || ruleLine.analysis.generated) return;
  if (place === '.htaccess' || place === 'unknown') return;
  const outer = line.sections.at(-1)?.open.name;
  if (outer !== undefined && sectionEffect(outer) === 'inherit' && !isAuthorization(directive)) {
    report({
      range,
      message: `\`${name}\` is not allowed in \`<${outer}>\`, which holds authorization only.`,
    });
  } else if (!mayStand(directive, place)) {
    const allowed = list(directive);
    report({
      range,
      message: `\`${name}\` is not allowed in ${PLACE_NAMES[place]}${allowed ? `; allowed: ${allowed}` : ''}.`,
    });
  } else if (isUndocumented(directive, place))
    report({
      range,
      severity: 'warning',
      message: `Apache accepts \`${name}\` in ${PLACE_NAMES[place]}, but the manual allows it only in ${documented(directive)}.`,
    });
};

/** True for what the server takes in a virtual host although the manual restricts it to the server configuration. */
const isUndocumented = (directive: Directive, place: KnownPlace): boolean =>
  place === 'virtual host' &&
  !directive.httpd?.undocumented &&
  !directive.section &&
  !directive.onRead &&
  directive.documentedPlaces.length > 0 &&
  !directive.documentedPlaces.includes('virtual host');

const documented = (directive: Directive): string =>
  directive.documentedPlaces.map((place) => PLACE_NAMES[place]).join(', ');

export const wrongContext: Rule = {
  id: 'directive-wrong-context',
  severity: 'error',
  summary: 'The directive may not stand here.',
  directive: (line, report) => misplaced(line, line.directive?.name ?? '', line.line.name, report),
  open: (line, report) => misplaced(line, `<${line.directive?.name}>`, line.line.tag.nameRange, report),
};

const inHtaccess = (
  { directive, analysis }: RuleLine,
  name: string,
  range: Range,
  report: Report<Finding>,
): void => {
  if (analysis.dialect !== '.htaccess' || !directive || directive.htaccess) return;
  const message = `\`${name}\` cannot be used in .htaccess: every request below this directory will fail with 500.`;
  report({ range, message });
};

export const notInHtaccess: Rule = {
  id: 'directive-not-in-htaccess',
  severity: 'error',
  summary: 'The directive cannot stand in an .htaccess file, or not in this one.',
  directive: (line, report) => inHtaccess(line, line.directive?.name ?? '', line.line.name, report),
  open: (line, report) => inHtaccess(line, `<${line.directive?.name}>`, line.line.tag.nameRange, report),
  accessFile: notAllowedInAccessFile,
};

export const removed: Rule = {
  id: 'directive-removed',
  severity: 'error',
  summary: 'The directive existed in an earlier mod_wsgi.',
  about: allDirectives.flatMap(({ name, wsgi }) => (wsgi?.status === 'removed' ? [name] : [])),
  directive({ directive, line }, report) {
    const wsgi = directive?.wsgi;
    if (wsgi?.status !== 'removed') return;
    const instead =
      wsgi.replacement && !wsgi.replacement.startsWith('none') ? ` Use ${wsgi.replacement} instead.` : '';
    report({
      range: line.name,
      // mod_wsgi 4 and 5 are still in use and know what 6.0 removed.
      severity: wsgi.removedIn?.startsWith('6') ? 'warning' : 'error',
      message: `\`${wsgi.name}\` does not exist since mod_wsgi ${wsgi.removedIn}.${instead}`,
    });
  },
};
