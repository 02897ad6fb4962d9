import { isGuarded, type KnownPlace, mayStand } from '../analysis';
import { allDirectives, type Directive, isAuthorization } from '../catalogue/directives';
import { nearest } from '../catalogue/nearest';
import { sectionEffect } from '../catalogue/places';
import { thirdPartyModule } from '../catalogue/third-party';
import type { Range } from '../syntax/nodes';
import { notAllowedInAccessFile } from './access-files';
import { type Finding, NO_FINDINGS, type Rule, type RuleLine } from './rule';

const directiveNames = allDirectives.filter(({ section }) => !section).map(({ name }) => name);
const sectionNames = allDirectives.filter(({ section }) => section).map(({ name }) => name);

function* unknown(
  line: RuleLine,
  name: string,
  range: Range,
  candidates: readonly string[],
): Generator<Finding> {
  const { analysis, directive } = line;
  if (name.includes('${') || analysis.tree.template || line.inMacro) return;
  const shown = candidates === sectionNames ? `<${name}>` : name;
  if (directive) {
    if (directive.httpd?.trunkOnly)
      yield {
        range,
        severity: 'warning',
        message: `\`${shown}\` belongs to the development version of httpd and does not exist in 2.4.`,
      };
    return;
  }
  if (isGuarded(line.line.sections) || thirdPartyModule(name)) return;
  const meant = nearest(name, candidates);
  if (meant)
    yield {
      range,
      message: `No directive is called \`${shown}\`. Did you mean \`${meant}\`?`,
      replacement: meant,
    };
  else
    yield {
      range,
      severity: /^wsgi/i.test(name) ? 'error' : 'warning',
      message: `Neither httpd 2.4 nor mod_wsgi has a directive \`${shown}\`: Apache starts only if another module brings it.`,
    };
}

const isWellKnown = (directive: Directive | undefined): boolean =>
  directive !== undefined && directive.httpd?.trunkOnly !== true;

export const unknownDirective: Rule = {
  id: 'unknown-directive',
  severity: 'error',
  summary: 'The name is no directive or section of httpd 2.4 or mod_wsgi.',
  directive(line) {
    const { name } = line.line;
    if (isWellKnown(line.directive) || name.opaque || /^\uFEFF|^$/.test(name.value)) return NO_FINDINGS;
    return unknown(line, name.value.replace(/>$/, ''), name, directiveNames);
  },
  open(line) {
    const { name, nameRange } = line.line.tag;
    if (isWellKnown(line.directive) || name === '') return NO_FINDINGS;
    return unknown(line, name, nameRange, sectionNames);
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

const misplaced = (ruleLine: RuleLine, name: string, range: Range): readonly Finding[] => {
  const { directive, place, line, inMacro } = ruleLine;
  if (!directive || inMacro || ruleLine.analysis.generated) return NO_FINDINGS;
  if (place === '.htaccess' || place === 'unknown') return NO_FINDINGS;
  const outer = line.sections.at(-1)?.open.name;
  if (outer !== undefined && sectionEffect(outer) === 'inherit' && !isAuthorization(directive)) {
    const message = `\`${name}\` is not allowed in \`<${outer}>\`, which holds authorization only.`;
    return [{ range, message }];
  }
  if (!mayStand(directive, place)) {
    const allowed = list(directive);
    const message = `\`${name}\` is not allowed in ${PLACE_NAMES[place]}${allowed ? `; allowed: ${allowed}` : ''}.`;
    return [{ range, message }];
  }
  if (!isUndocumented(directive, place)) return NO_FINDINGS;
  const message = `Apache accepts \`${name}\` in ${PLACE_NAMES[place]}, but the manual allows it only in ${documented(directive)}.`;
  return [{ range, severity: 'warning', message }];
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
  directive: (line) => misplaced(line, line.directive?.name ?? '', line.line.name),
  open: (line) => misplaced(line, `<${line.directive?.name}>`, line.line.tag.nameRange),
};

const inHtaccess = ({ directive, analysis }: RuleLine, name: string, range: Range): readonly Finding[] => {
  if (analysis.dialect !== '.htaccess' || !directive || directive.htaccess) return NO_FINDINGS;
  const message = `\`${name}\` cannot be used in .htaccess: every request below this directory will fail with 500.`;
  return [{ range, message }];
};

export const notInHtaccess: Rule = {
  id: 'directive-not-in-htaccess',
  severity: 'error',
  summary: 'The directive cannot stand in an .htaccess file, or not in this one.',
  directive: (line) => inHtaccess(line, line.directive?.name ?? '', line.line.name),
  open: (line) => inHtaccess(line, `<${line.directive?.name}>`, line.line.tag.nameRange),
  accessFile: notAllowedInAccessFile,
};

export const removed: Rule = {
  id: 'directive-removed',
  severity: 'error',
  summary: 'The directive existed in an earlier mod_wsgi.',
  about: allDirectives.flatMap(({ name, wsgi }) => (wsgi?.status === 'removed' ? [name] : [])),
  *directive({ directive, line }) {
    const wsgi = directive?.wsgi;
    if (wsgi?.status !== 'removed') return;
    const instead =
      wsgi.replacement && !wsgi.replacement.startsWith('none') ? ` Use ${wsgi.replacement} instead.` : '';
    yield {
      range: line.name,
      // mod_wsgi 4 and 5 are still in use and know what 6.0 removed.
      severity: wsgi.removedIn?.startsWith('6') ? 'warning' : 'error',
      message: `\`${wsgi.name}\` does not exist since mod_wsgi ${wsgi.removedIn}.${instead}`,
    };
  },
};
