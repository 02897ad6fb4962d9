import examples from '../../data/rule-examples.json';
import type { Rule, Severity } from './rule';
import { rules } from './table';

/** A rule by its id: several rows of the table may speak of one. */
const byId: ReadonlyMap<string, Rule> = new Map(rules.map((rule) => [rule.id, rule]));

/** The rule table of docs/language-server.md: one row per id, in the order of the table. */
export const rulesTable = (): string => {
  const rows = [...byId.values()].map(
    ({ id, severity, summary }) => `| [\`${id}\`](rules/${id}.md) | ${severity} | ${escapeCell(summary)} |`,
  );
  return ['| rule | severity | |', '|---|---|---|', ...rows].join('\n');
};

const escapeCell = (text: string): string => text.replace(/[|<]/g, (character) => `\\${character}`);

/** The page of each rule, by its file name. */
export const rulePages = (): Readonly<Record<string, string>> =>
  Object.fromEntries([...byId.values()].map((rule) => [`${rule.id}.md`, page(rule)]));

const page = ({ id, severity, summary, needs }: Rule): string => {
  const example = examples.find(({ rule }) => rule === id);
  const parts = [
    `# ${id}`,
    escapeText(summary),
    [
      `- Severity: ${severity}`,
      ...(example ? [`- \`apachectl configtest\`: ${example.configtest}`] : []),
      ...(needs === 'root' ? ['- Only where the main file of the configuration is known'] : []),
    ].join('\n'),
    ...(example
      ? [
          '## When',
          escapeText(example.when),
          ...(example.fix ? ['## What to do', escapeText(example.fix)] : []),
          '## Example',
          'Wrong:',
          fenced(example.bad),
          'Right:',
          fenced(example.good),
        ]
      : []),
    '## Switching it off',
    `Write \`# rule: ignore ${id}\` on a line of its own above the directive, or for all files`,
    fenced(`"mod_wsgi.rules": { "${id}": "off" }\n`, 'json'),
  ];
  return `${parts.join('\n\n')}\n`;
};

const escapeText = (text: string): string =>
  text.replace(
    /(`[^`]*`)|([<*])/g,
    (_, code: string | undefined, character: string) => code ?? `\\${character}`,
  );

const fenced = (text: string, language = 'apacheconf'): string => `\`\`\`${language}\n${text}\`\`\``;

/** The ids of all rules and their severities, for the schema of the setting. */
export const ruleLevels = (): readonly {
  readonly id: string;
  readonly summary: string;
  readonly severity: Severity;
}[] => [...byId.values()].map(({ id, summary, severity }) => ({ id, summary, severity }));
