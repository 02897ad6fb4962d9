import httpdTable from '../../data/httpd-directives.json';
import httpdSummaries from '../../data/httpd-summaries.json';
import wsgiTable from '../../data/mod-wsgi-directives.json';
import type {
  ArgumentKind,
  HttpdDirectiveFact,
  LabelFact,
  Place,
  WsgiDirectiveFact,
  WsgiOptionFact,
} from './facts';
import { acceptedPlaces, manualPlaces, wsgiPlaces } from './places';

/** What parser, rules and features need to know of a directive, wherever it comes from. */
export interface Directive {
  /** As the documentation spells it, without `<`. */
  readonly name: string;
  /** The name in lower case, `<` in front of a section: what entries are told apart by. */
  readonly key: string;
  readonly section: boolean;
  /** Name of the module that brings it: `core`, `mod_alias`, `mod_wsgi`, … */
  readonly module: string;
  readonly args: ArgumentKind;
  readonly onRead: boolean;
  readonly places: readonly Place[];
  /** The places of the manual, where the server was seen to accept more. */
  readonly documentedPlaces: readonly Place[];
  readonly htaccess: boolean;
  /** What the directive does, in a sentence or two. */
  readonly summary?: string;
  /** What httpd adds to its message about a wrong number of arguments, and `httpd -L` prints. */
  readonly help?: string;
  /** Every value the first argument may have, where that is a closed list. */
  readonly values?: readonly string[];
  /** Values worth proposing where others are possible. */
  readonly suggestions?: readonly string[];
  /** The `name=value` options of a mod_wsgi directive, by name, and how many words stand before them. */
  readonly options?: { readonly after: number; readonly byName: ReadonlyMap<string, WsgiOptionFact> };
  readonly httpd?: HttpdDirectiveFact;
  readonly wsgi?: WsgiDirectiveFact;
}

const keyOf = ({ name, section }: HttpdDirectiveFact | WsgiDirectiveFact): string =>
  `${section ? '<' : ''}${name.toLowerCase()}`;

const summaries: ReadonlyMap<string, string> = new Map(Object.entries(httpdSummaries));

const fromHttpd = (fact: HttpdDirectiveFact): Directive => {
  const summary = summaries.get(`${fact.section ? '<' : ''}${fact.name}`);
  return {
    name: fact.name,
    key: keyOf(fact),
    section: fact.section ?? false,
    module: fact.module,
    args: fact.args ?? 'RAW_ARGS',
    onRead: fact.onRead ?? false,
    places: acceptedPlaces(fact),
    documentedPlaces: manualPlaces(fact.contexts),
    htaccess: fact.htaccess ?? fact.contexts.includes('.htaccess'),
    httpd: fact,
    ...(summary !== undefined && { summary }),
    ...(fact.help !== undefined && { help: fact.help }),
    ...(fact.args === 'FLAG' && { values: ['On', 'Off'] }),
    ...(fact.values && (fact.closed ? { values: fact.values } : { suggestions: fact.values })),
  };
};

const fromWsgi = (fact: WsgiDirectiveFact): Directive => {
  const [first] = fact.arguments ?? [];
  const closed = fact.args === 'TAKE1' && (first?.type === 'flag' || first?.type === 'enum');
  const allowed = first?.allowed?.map(String);
  const after = fact.arguments?.findIndex(({ type }) => type === 'option-pairs') ?? -1;
  return {
    name: fact.name,
    key: keyOf(fact),
    section: fact.section ?? false,
    module: 'mod_wsgi',
    args: fact.args,
    onRead: false,
    places: wsgiPlaces(fact),
    documentedPlaces: wsgiPlaces(fact),
    htaccess: fact.contexts.includes('.htaccess'),
    wsgi: fact,
    summary: fact.summary,
    ...(after >= 0 && {
      options: { after, byName: new Map(fact.options?.map((option) => [option.name, option])) },
    }),
    ...(fact.help !== undefined && { help: fact.help }),
    ...(allowed && (closed ? { values: allowed } : { suggestions: allowed })),
  };
};

/** Every directive of httpd and mod_wsgi that is known here, in the order of the tables. */
export const allDirectives: readonly Directive[] = [
  ...(httpdTable as readonly HttpdDirectiveFact[]).map(fromHttpd),
  ...(wsgiTable.directives as readonly WsgiDirectiveFact[]).map(fromWsgi),
];

/** `%{GLOBAL}` and the other labels of mod_wsgi. */
export const labels: readonly LabelFact[] = wsgiTable.labels;

/** How the server names a directive in its messages: `<` in front of a section. */
export const serverName = ({ name, section, httpd }: Directive): string =>
  section ? `<${name}` : (httpd?.serverName ?? name);

/** True if `<RequireAll>` and its like take the directive: they hold authorization only. */
export const isAuthorization = ({ httpd, wsgi }: Directive): boolean => {
  const groups = httpd?.override ?? (wsgi?.override === undefined ? [] : [wsgi.override]);
  return groups.some((group) => group === 'AuthConfig' || group === 'Limit' || group === 'All');
};

/** By the name as it is documented, which most people write, and in lower case. */
const byName = (directives: readonly Directive[]): ReadonlyMap<string, Directive> =>
  new Map([
    ...directives.map((directive) => [directive.name.toLowerCase(), directive] as const),
    ...directives.map((directive) => [directive.name, directive] as const),
  ]);

const plain = byName(allDirectives.filter(({ section }) => !section));

const sections = byName(allDirectives.filter(({ section }) => section));

/** The directive of a name, letter case ignored. */
export const findDirective = (name: string): Directive | undefined =>
  plain.get(name) ?? plain.get(name.toLowerCase());

/** The section of a name without `<`, letter case ignored. */
export const findSection = (name: string): Directive | undefined =>
  sections.get(name) ?? sections.get(name.toLowerCase());
