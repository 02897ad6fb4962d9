import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver-types';
import { type Analysis, mayStand, placeIn } from '../analysis';
import { cursorLine } from '../features/cursor';
import { SOURCE } from '../features/diagnostics';
import type { Line } from '../syntax/walk';
import { type LearnedDirectives, learnedAt } from './known-directives';
import type { Opinion } from './opinion';
import type { PlacedMessage } from './placing';

/** Who speaks, as the editor shows it beside the message. */
const APACHE = 'httpd';

const SEVERITIES: Readonly<Record<PlacedMessage['severity'], DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
};

/**
 * Our findings and Apache's as one list. Where both find fault with a line, ours stays: it has the exact words and the correction.
 * What Apache said of a line that has changed since is left out.
 *
 * @param path the document's file, without links
 */
export const mergeOpinion = (
  document: TextDocument,
  analysis: Analysis,
  ours: readonly Diagnostic[],
  { messages, learned }: Pick<Opinion, 'messages' | 'learned'>,
  path: string,
): Diagnostic[] => {
  const theirs = messages.flatMap((message) => toDiagnostic(document, analysis, message, path));
  const own = [
    ...ours.filter((diagnostic) => !isLearned(document, diagnostic, learned)),
    ...misplaced(document, analysis, learned),
  ].map((diagnostic) => confirmed(diagnostic, theirs));
  return [...own, ...theirs.filter((diagnostic) => !own.some((known) => saysTheSame(known, diagnostic)))];
};

/** A name that perhaps only nobody here has heard of is an error once Apache has refused it. */
const confirmed = (own: Diagnostic, theirs: readonly Diagnostic[]): Diagnostic =>
  own.code === 'unknown-directive' &&
  theirs.some(
    ({ range, message }) => touch(own.range, range) && String(message).startsWith('Invalid command'),
  )
    ? { ...own, severity: DiagnosticSeverity.Error, data: own.data }
    : own;

const isLearned = (
  document: TextDocument,
  { code, range }: Diagnostic,
  learned: LearnedDirectives,
): boolean => {
  if (code !== 'unknown-directive' || learned.size === 0) return false;
  const name = document.getText(range).toLowerCase();
  return learned.has(name) || learned.has(`<${name}`);
};

const toDiagnostic = (
  document: TextDocument,
  analysis: Analysis,
  { at, severity, code, text }: PlacedMessage,
  path: string,
): Diagnostic[] => {
  if (!at || at.file !== path) return [];
  const start = { line: at.line, character: 0 };
  const written = document.getText({ start, end: { line: at.line + 1, character: 0 } }).replace(/\r?\n$/, '');
  if (written !== at.text) return [];
  const line = cursorLine(analysis, document.offsetAt(start))?.line;
  return [
    {
      range: line ? wordsRange(document, line) : { start, end: { ...start, character: written.length } },
      severity: SEVERITIES[severity],
      message: text,
      source: APACHE,
      ...(code !== undefined && { code }),
    },
  ];
};

/** A line without the white space around it. */
const wordsRange = (document: TextDocument, { start, end }: Line): Diagnostic['range'] => {
  const text = document.getText({ start: document.positionAt(start), end: document.positionAt(end) });
  const from = start + (text.length - text.trimStart().length);
  return {
    start: document.positionAt(from),
    end: document.positionAt(Math.max(from, start + text.trimEnd().length)),
  };
};

const saysTheSame = (own: Diagnostic, theirs: Diagnostic): boolean =>
  (own.severity ?? DiagnosticSeverity.Error) <= (theirs.severity ?? DiagnosticSeverity.Error) &&
  touch(own.range, theirs.range);

const touch = (a: Diagnostic['range'], b: Diagnostic['range']): boolean =>
  a.start.line <= b.end.line && a.end.line >= b.start.line;

/** Directives that only the running server knows, where it does not take them. */
const misplaced = (document: TextDocument, analysis: Analysis, learned: LearnedDirectives): Diagnostic[] =>
  learned.size === 0
    ? []
    : analysis.lines.flatMap((line) => {
        const directive = learnedAt(line, learned);
        if (!directive || mayStand(directive, placeIn(analysis.top, line.sections))) return [];
        return [
          {
            range: wordsRange(document, line),
            severity: DiagnosticSeverity.Error,
            message: `\`${directive.name}\` of ${directive.module} may not stand here: Apache takes it in ${directive.places.join(', ')}.`,
            source: SOURCE,
            code: 'directive-wrong-context',
          },
        ];
      });
