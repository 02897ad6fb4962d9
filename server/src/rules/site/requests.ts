import { wordTable } from '../../../../common/src/word-table';
import { nearest } from '../../catalogue/nearest';
import { entriesOf } from '../../configuration/configuration';
import { type ConfigWord, type Entry, placeOf } from '../../configuration/entries';
import { numberOption } from '../../mounts/groups';
import { GROUPS } from '../about';
import type { PartContext, Rule } from '../rule';
import { appendWords, replaceWord } from './common';

const ACTIONS = [
  'add',
  'append',
  'echo',
  'edit',
  'edit*',
  'merge',
  'note',
  'set',
  'setifempty',
  'unset',
] as const;
const CONDITIONS = ['always', 'onsuccess'] as const;

interface HeaderRule {
  readonly entry: Entry;
  readonly condition: string | undefined;
  readonly action: ConfigWord | undefined;
  readonly name: ConfigWord | undefined;
}

/** The rules beside a rule, itself among them. */
const besides = ({ entry }: HeaderRule, { part, site }: PartContext): readonly HeaderRule[] =>
  headerRules(
    entry.parent
      ? part.of('Header').filter(({ parent }) => parent === entry.parent)
      : site.server.ownOf('header'),
  );

const headerRules = (entries: readonly Entry[]): readonly HeaderRule[] =>
  entries.map((entry) => {
    const [first, second, third] = entry.words;
    const conditional = CONDITIONS.some((name) => name === first?.value.toLowerCase());
    return conditional
      ? { entry, condition: first?.value.toLowerCase(), action: second, name: third }
      : { entry, condition: undefined, action: first, name: second };
  });

const same = (a: ConfigWord | undefined, b: ConfigWord | undefined): boolean =>
  a !== undefined &&
  b !== undefined &&
  a.value.toLowerCase().replace(/:$/, '') === b.value.toLowerCase().replace(/:$/, '');

const SETTING = /^(?:set|add|append|merge|setifempty)$/i;

export const headerDuplicates: Rule = {
  id: 'header-always-duplicates',
  severity: 'warning',
  summary: 'The client receives a header twice.',
  about: ['Header'],
  part(context, report) {
    for (const rule of headerRules(context.part.of('Header'))) {
      if (rule.condition !== 'always' || !SETTING.test(rule.action?.value ?? '') || !rule.name) continue;
      if (/^www-authenticate:?$/i.test(rule.name.value)) continue;
      const other = besides(rule, context).find(
        ({ condition, action, name }) =>
          condition !== 'always' && SETTING.test(action?.value ?? '') && same(name, rule.name),
      );
      if (other)
        report({
          at: rule.name,
          message: `\`always\` works on a separate table: the client would receive \`${rule.name.value}\` twice.`,
          related: [{ at: other.entry.range, message: 'sent a second time here' }],
        });
    }
  },
};

export const headerWorkaround: Rule = {
  id: 'header-workaround-pre-440',
  severity: 'information',
  summary: 'A double rule that mod_wsgi has not needed since 4.4.0.',
  about: ['Header'],
  part(context, report) {
    for (const rule of headerRules(context.part.of('Header'))) {
      if (rule.condition !== 'always' || !/^edit\*?$/i.test(rule.action?.value ?? '')) continue;
      const other = besides(rule, context).find(
        ({ condition, action, name }) =>
          condition !== 'always' && same(action, rule.action) && same(name, rule.name),
      );
      if (other)
        report({
          at: rule.entry.range,
          message:
            'This double rule was needed before mod_wsgi 4.4.0; application headers are now in the ordinary (`onsuccess`) table in both modes.',
          related: [{ at: other.entry.range, message: 'this one is enough' }],
        });
    }
  },
};

export const headerAuthenticate: Rule = {
  id: 'header-unset-www-authenticate',
  severity: 'warning',
  summary: 'WWW-Authenticate of an application is in the table of `always`.',
  about: ['Header'],
  part({ part }, report) {
    for (const { condition, action, name } of headerRules(part.of('Header')))
      if (
        condition !== 'always' &&
        action &&
        /^(?:unset|set|edit)$/i.test(action.value) &&
        /^www-authenticate:?$/i.test(name?.value ?? '')
      )
        report({
          at: action,
          message:
            '`WWW-Authenticate` of a WSGI application is kept in the `always` table; this rule does nothing.',
          ...(condition === undefined && {
            fixes: [
              {
                title: 'Insert `always`',
                edits: [{ at: { ...placeOf(action), end: action.start }, text: 'always ' }],
              },
            ],
          }),
        });
  },
};

export const headerCondition: Rule = {
  id: 'header-condition-unknown',
  severity: 'error',
  summary: 'The first word of Header is neither a condition nor an action.',
  about: ['Header'],
  part({ part }, report) {
    for (const { entry, action } of headerRules(part.of('Header'))) {
      if (!action?.known || entry.fromMacro || ACTIONS.some((name) => name === action.value.toLowerCase()))
        continue;
      const meant = nearest(action.value, [...CONDITIONS, ...ACTIONS]);
      report({
        at: action,
        message: `Unknown condition or action \`${action.value}\`.`,
        ...(meant !== undefined && { fixes: [replaceWord(action, meant)] }),
      });
    }
  },
};

export const socketTimeoutOrder: Rule = {
  id: 'socket-timeout-order',
  severity: 'warning',
  summary: 'The proxy gives up before the timeout of the process takes effect.',
  about: GROUPS,
  part({ part, site: { configuration } }, report) {
    const timeout = entriesOf(configuration, 'Timeout').at(-1)?.words[0];
    // Without the main file nobody knows the Timeout; its default is 60.
    const fallback = timeout ? Number(timeout.value) : configuration.rooted ? 60 : Number.POSITIVE_INFINITY;
    for (const group of part.groups) {
      const proxy = numberOption(group, 'socket-timeout') || fallback;
      const request = numberOption(group, 'request-timeout') ?? 0;
      const queue = numberOption(group, 'queue-timeout') ?? 0;
      const late =
        request > proxy ? 'request-timeout' : queue >= proxy && queue > 0 ? 'queue-timeout' : undefined;
      const word = late && group.entry.options.get(late)?.value;
      if (!word) continue;
      report({
        at: word,
        message: `The proxy gives up after ${proxy} s, before ${word.value} s can take effect.`,
        ...(timeout &&
          !group.entry.options.has('socket-timeout') && {
            related: [{ at: timeout, message: 'the time limit' }],
          }),
        fixes: group.entry.options.has('socket-timeout')
          ? []
          : appendWords(group.entry, `socket-timeout=${Number(word.value) + 5}`),
      });
    }
  },
};

const SMUGGLING = /E=!?HTTP_AUTHORIZATION:/i;

export const authorizationSmuggled: Rule = {
  id: 'authorization-smuggled-by-rewrite',
  severity: 'information',
  summary: 'The Authorization header is passed on in a way that mod_wsgi has a directive for.',
  about: ['RewriteRule', 'SetEnvIf'],
  part({ part }, report) {
    for (const entry of part.of('RewriteRule'))
      if (SMUGGLING.test(entry.words[2]?.value ?? ''))
        report({
          at: entry.range,
          message: 'mod_wsgi has a directive for this.',
          fixes: entry.fromMacro ? [] : [replaceWord(entry.range, 'WSGIPassAuthorization On')],
        });
    for (const entry of part.of('SetEnvIf'))
      if (
        /^authorization$/i.test(entry.words[0]?.value ?? '') &&
        entry.words.slice(2).some(({ value }) => /HTTP_AUTHORIZATION=/i.test(value))
      )
        report({
          at: entry.range,
          message: 'mod_wsgi has a directive for this: `WSGIPassAuthorization On`.',
        });
  },
};

const TRUSTED_FAMILIES: Readonly<Record<string, readonly string[]>> = wordTable({
  client: ['X-Forwarded-For', 'X-Client-IP', 'X-Real-IP'],
  scheme: [
    'X-Forwarded-HTTPS',
    'X-Forwarded-Proto',
    'X-Forwarded-Scheme',
    'X-Forwarded-SSL',
    'X-HTTPS',
    'X-Scheme',
  ],
  host: ['X-Forwarded-Host', 'X-Host'],
  mount: ['X-Script-Name', 'X-Forwarded-Script-Name'],
  other: ['X-Forwarded-Port', 'X-Forwarded-Server'],
});

export const trustedIncomplete: Rule = {
  id: 'trusted-proxy-incomplete',
  severity: 'warning',
  summary: 'WSGITrustedProxies and WSGITrustedProxyHeaders need each other.',
  site({ site: { configuration } }, report) {
    const proxies = entriesOf(configuration, 'WSGITrustedProxies');
    const headers = entriesOf(configuration, 'WSGITrustedProxyHeaders');
    const [lonely] = proxies.length === 0 ? headers : headers.length === 0 ? proxies : [];
    if (lonely)
      report({
        at: lonely.nameRange,
        message: `Both \`WSGITrustedProxies\` and \`WSGITrustedProxyHeaders\` are needed; alone, \`${lonely.name}\` changes neither scheme, host nor client address.`,
      });
  },
};

export const trustedFamily: Rule = {
  id: 'trusted-proxy-header-family',
  severity: 'warning',
  summary: 'Several headers are trusted for one purpose.',
  about: ['WSGITrustedProxyHeaders'],
  part({ part }, report) {
    for (const entry of part.of('WSGITrustedProxyHeaders'))
      for (const [purpose, family] of Object.entries(TRUSTED_FAMILIES)) {
        const given = entry.words.filter(({ value }) =>
          family.some((name) => name.toLowerCase() === value.toLowerCase()),
        );
        const [first, second] = given;
        if (purpose === 'other' || !first || !second) continue;
        report({
          at: second,
          message: `Trust one header per purpose (${purpose}: \`${first.value}\`); with several the result is indeterminate and a client can inject one.`,
          related: [{ at: first, message: 'trusted for the same purpose' }],
        });
      }
  },
};

export const trustedUnknown: Rule = {
  id: 'trusted-proxy-header-unknown',
  severity: 'warning',
  summary: 'mod_wsgi does not interpret this header.',
  about: ['WSGITrustedProxyHeaders'],
  part({ part }, report) {
    const known = Object.values(TRUSTED_FAMILIES).flat();
    for (const { words } of part.of('WSGITrustedProxyHeaders'))
      for (const word of words) {
        if (!word.known || known.some((name) => name.toLowerCase() === word.value.toLowerCase())) continue;
        const meant = /^forwarded$|protocol/i.test(word.value)
          ? 'X-Forwarded-Proto'
          : nearest(word.value, known);
        report({
          at: word,
          message: `mod_wsgi does not interpret \`${word.value}\`.`,
          ...(meant && { fixes: [replaceWord(word, meant)] }),
        });
      }
  },
};

const ADDRESS = /^(?:(?:\d{1,3}\.){3}\d{1,3}|[\da-f:]*:[\da-f:.]*)(?:\/\d{1,3})?$/i;

export const trustedNotAnAddress: Rule = {
  id: 'trusted-proxy-not-an-address',
  severity: 'error',
  summary: 'A trusted proxy is not given by its address.',
  about: ['WSGITrustedProxies'],
  part({ part }, report) {
    for (const { words } of part.of('WSGITrustedProxies'))
      for (const word of words)
        if (word.known && !ADDRESS.test(word.value))
          report({ at: word, message: `\`${word.value}\` is not an address; names are not resolved here.` });
  },
};
