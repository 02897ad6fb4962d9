import { rules } from './table';

/** The rule table of docs/language-server.md: one row per id, in the order of the table. */
export const rulesTable = (): string => {
  const rows = new Map(
    rules.map(({ id, severity, summary }) => [id, `| \`${id}\` | ${severity} | ${escapeCell(summary)} |`]),
  );
  return ['| rule | severity | |', '|---|---|---|', ...rows.values()].join('\n');
};

const escapeCell = (text: string): string => text.replace(/[|<]/g, (character) => `\\${character}`);
