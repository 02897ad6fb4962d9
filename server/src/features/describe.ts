import type { Directive } from '../catalogue/directives';
import type { LabelFact, ModuleFact, WsgiDirectiveFact, WsgiOptionFact } from '../catalogue/facts';

const MANUAL = 'https://httpd.apache.org/docs';

/** The page of the manual that describes a directive; undefined if none does. */
export const manualAddress = ({ name, httpd, wsgi }: Directive): string | undefined => {
  if (wsgi) return wsgi.manual;
  if (!httpd || httpd.undocumented) return undefined;
  return `${MANUAL}/${httpd.trunkOnly ? 'trunk' : '2.4'}/mod/${httpd.module}.html#${name.toLowerCase()}`;
};

const code = (syntax: readonly string[]): string => `\`\`\`apacheconf\n${syntax.join('\n')}\n\`\`\``;

/** A list of facts; those without a value are left out. */
const facts = (rows: readonly (readonly [string, string | number | undefined])[]): string =>
  rows
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([name, value]) => `- ${name}: ${value}`)
    .join('\n');

const bullets = (title: string, lines: readonly string[] | undefined): string =>
  lines && lines.length > 0 ? `**${title}**\n\n${lines.map((line) => `- ${line}`).join('\n')}` : '';

const paragraphs = (...parts: readonly (string | undefined)[]): string => parts.filter(Boolean).join('\n\n');

/** A directive as Markdown: what it does, syntax, contexts, default, version, traps, manual. */
export const describeDirective = (directive: Directive): string => {
  const address = manualAddress(directive);
  const link = address && `[Manual](${address})`;
  return directive.wsgi
    ? paragraphs(describeWsgi(directive.wsgi), link)
    : paragraphs(describeHttpd(directive), link);
};

const describeHttpd = ({
  name,
  section,
  module,
  documentedPlaces,
  places,
  htaccess,
  httpd,
  summary,
  help,
}: Directive): string =>
  paragraphs(
    summary ?? inApachesWords(help ?? httpd?.listed),
    code(httpd?.syntax.length ? httpd.syntax : [section ? `<${name} …>` : `${name} …`]),
    facts([
      ['Context', contexts(documentedPlaces.length > 0 ? (httpd?.contexts ?? []) : places, htaccess)],
      ['Default', httpd?.default && `\`${httpd.default}\``],
      ['`.htaccess` needs', httpd?.override?.map((group) => `\`AllowOverride ${group}\``).join(' or ')],
      ['Module', module],
      ['Version', httpd?.compatibility],
    ]),
  );

const inApachesWords = (words: string | undefined): string | undefined =>
  words && `Apache says of it: ${words}`;

const contexts = (names: readonly string[], htaccess: boolean): string =>
  [...names, ...(htaccess && !names.includes('.htaccess') ? ['.htaccess'] : [])].join(', ');

const describeWsgi = (fact: WsgiDirectiveFact): string =>
  paragraphs(
    fact.summary,
    code([fact.syntax]),
    facts([
      ['Context', fact.contexts.join(', ')],
      ['Default', fact.default === undefined ? undefined : `\`${fact.default}\``],
      ['`.htaccess` needs', fact.override && `\`AllowOverride ${fact.override}\``],
      ['Module', 'mod_wsgi'],
      ['Since', fact.since],
      ['Deprecated in', fact.deprecatedIn],
      ['Removed in', fact.removedIn],
      ['Instead', fact.replacement],
    ]),
    bullets('Good to know', fact.gotchas),
  );

/** An option of a mod_wsgi directive as Markdown. */
export const describeOption = (directive: Directive, option: WsgiOptionFact): string =>
  paragraphs(
    code([`${option.name}=${valueShape(option)}`]),
    option.effect,
    facts([
      ['Option of', `\`${directive.name}\``],
      ['Default', option.default],
      ['Range', option.range],
      ['Unit', option.unit],
      [
        'Labels',
        option.expansion?.map((label) => `\`%{${label === 'ENV' ? 'ENV:name' : label}}\``).join(', '),
      ],
      ['Since', option.since],
      ['Removed in', option.removedIn],
      ['Instead', option.replacement],
    ]),
    bullets('Good to know', option.gotchas),
    directive.wsgi?.manual && `[Manual](${directive.wsgi.manual})`,
  );

const valueShape = ({ type, unit }: WsgiOptionFact): string =>
  ({
    int: unit ?? 'number',
    float: unit ?? 'number',
    flag: 'On|Off',
    path: 'path',
    list: 'list',
    string: 'name',
  })[type];

/** A label of mod_wsgi as Markdown. */
export const describeLabel = ({ label, since, expandsTo }: LabelFact): string =>
  paragraphs(`\`${label}\` becomes: ${expandsTo}.`, facts([['Since', since]]));

/** A module as Markdown. */
export const describeModule = ({ name, identifier, sourceFile, status }: ModuleFact): string =>
  paragraphs(
    `**${name}**`,
    facts([
      ['Identifier', identifier && `\`${identifier}\``],
      ['Source file', sourceFile && `\`${sourceFile}\``],
      ['Status', status],
    ]),
  );
