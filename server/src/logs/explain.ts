import type { Hover, Position } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type ExplainLogParams,
  type LogExplanation,
  type LogExplanations,
  MOST_LOG_LINES,
} from '../../../common/src/language-requests';
import { findDirective } from '../catalogue/directives';
import { manualAddress } from '../features/describe';
import { readLogLine } from './envelope';
import { type KnownMessage, recognise } from './messages';

/** What an explanation can point at beyond the table. */
export interface LogContext {
  /** The page that explains a rule. */
  pageOf(rule: string): string | undefined;
  /** Where a directive stands in the configurations that are open, those that name one of the words first; as links. */
  placesOf(directive: string, names: readonly string[]): readonly string[];
}

/** What the message under the cursor means; null if it is not known. */
export const logHover = (document: TextDocument, { line }: Position, context: LogContext): Hover | null => {
  const text = document
    .getText({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } })
    .replace(/\r?\n$/, '');
  const { message, start } = readLogLine(text);
  const known = recognise(message);
  if (!known) return null;
  return {
    contents: { kind: 'markdown', value: describeMessage(known, context) },
    range: {
      start: { line, character: start + known.start },
      end: { line, character: start + known.end },
    },
  };
};

/** The known messages in lines of any text. */
export const explainLog = ({ lines }: ExplainLogParams, context: LogContext): LogExplanations => ({
  messages: lines.slice(0, MOST_LOG_LINES).flatMap((text, line): LogExplanation[] => {
    const { message, start } = readLogLine(text);
    const known = recognise(message);
    if (!known) return [];
    const { id, meaning, rule } = known.message;
    return [
      {
        line,
        start: start + known.start,
        end: start + known.end,
        id,
        title: meaning,
        markdown: describeMessage(known, context),
        ...(rule !== undefined && { rule }),
      },
    ];
  }),
});

const describeMessage = ({ message, names }: KnownMessage, context: LogContext): string => {
  const { codes = [], meaning, causes, action, directives = [], rule } = message;
  const page = rule === undefined ? undefined : context.pageOf(rule);
  const rows = [
    causes && `**Causes**: ${causes}.`,
    action && `**What to do**: ${action}.`,
    directives.length > 0 && directiveRows(directives, names, context),
    rule &&
      `Found in a configuration by the rule ${page === undefined ? `\`${rule}\`` : `[\`${rule}\`](${page})`}.`,
  ];
  const title = `**${meaning}**${codes.length > 0 ? ` (${codes.slice(0, 4).join(', ')})` : ''}`;
  return [title, ...rows.filter(Boolean)].join('\n\n');
};

/** What can be changed, and where it stands: on one line, or in a list where places are known. */
const directiveRows = (
  directives: readonly string[],
  names: readonly string[],
  context: LogContext,
): string => {
  const rows = directives.map((name) => directiveRow(name, names, context));
  const isList = rows.some((row) => row.includes(': '));
  return `**To look at**: ${isList ? `\n\n${rows.map((row) => `- ${row}`).join('\n')}` : rows.join(', ')}`;
};

const directiveRow = (name: string, names: readonly string[], context: LogContext): string => {
  const directive = findDirective(name);
  const address = directive && manualAddress(directive);
  const shown = address === undefined ? `\`${name}\`` : `[\`${name}\`](${address})`;
  const places = context.placesOf(name, names);
  return places.length > 0 ? `${shown}: ${places.join(', ')}` : shown;
};
