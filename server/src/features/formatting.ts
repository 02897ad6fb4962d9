import type { FormattingOptions, TextEdit } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Analysis } from '../analysis';
import type { Line } from '../syntax/walk';

/** Which physical lines are formatted, from 0, both included. */
export interface LineSpan {
  readonly first: number;
  readonly last: number;
}

/**
 * Indents every line by its sections and cuts white space at line ends, unless the editor wants to keep it. Words, the space between
 * them, comments and continuations stay as they are: a byte changed inside a line could be a byte of a value. The end of the
 * file is as the editor wants it, where the whole file is formatted.
 */
export const format = (
  document: TextDocument,
  { lines, tree }: Analysis,
  options: FormattingOptions,
  span?: LineSpan,
): TextEdit[] => {
  // Statements of a template engine are indented as its author wants.
  if (tree.template) return [];
  // A carriage return alone ends a line for an editor, but not for Apache: the two count lines differently.
  if (/\r(?!\n)/.test(document.getText())) return [];
  const unit = options.insertSpaces ? ' '.repeat(options.tabSize) : '\t';
  const cuts = options.trimTrailingWhitespace !== false;
  const end = span ? undefined : endOf(document, lines, options);
  const { first, last } = span ?? { first: 0, last: end?.lastLine ?? Number.POSITIVE_INFINITY };
  const edits = lines.flatMap((line) => {
    const { firstLine } = logical(line);
    if (firstLine < first || firstLine > last) return [];
    return lineEdits(document, line, unit.repeat(line.sections.length), cuts);
  });
  return end ? [...edits, end.edit] : edits;
};

interface EndEdit {
  readonly edit: TextEdit;
  /** The last line in front of it, from 0. */
  readonly lastLine: number;
}

/** What has to change behind the last line that says something. */
const endOf = (
  document: TextDocument,
  lines: readonly Line[],
  { insertFinalNewline, trimFinalNewlines }: FormattingOptions,
): EndEdit | undefined => {
  const text = document.getText();
  const said = lines.findLast(({ kind }) => kind !== 'blank');
  const from = said ? logical(said).end : 0;
  const edit = (start: number, newText: string): EndEdit => ({
    edit: { range: { start: document.positionAt(start), end: document.positionAt(text.length) }, newText },
    lastLine: said ? logical(said).lastLine : -1,
  });
  if (trimFinalNewlines && from < text.length && /^\s*$/.test(text.slice(from))) return edit(from, '');
  // Behind a backslash the line would go on.
  return insertFinalNewline && /[^\s\\][ \t]*$/.test(text)
    ? edit(text.length, text.includes('\r\n') ? '\r\n' : '\n')
    : undefined;
};

const logical = (line: Line) => (line.kind === 'open' || line.kind === 'close' ? line.tag.line : line.line);

const lineEdits = (document: TextDocument, line: Line, indent: string, cuts: boolean): TextEdit[] => {
  const { firstLine, lastLine } = logical(line);
  const edits: TextEdit[] = [];
  const physical = document
    .getText({ start: { line: firstLine, character: 0 }, end: { line: firstLine + 1, character: 0 } })
    .replace(/\r?\n$/, '');
  const written = /^[ \t]*/.exec(physical)?.[0] ?? '';
  const wanted = line.kind === 'blank' ? (cuts ? '' : written) : indent;
  if (written !== wanted)
    edits.push({
      range: {
        start: { line: firstLine, character: 0 },
        end: { line: firstLine, character: written.length },
      },
      newText: wanted,
    });
  const trailing = /[ \t]+$/.exec(physical.slice(written.length))?.[0].length ?? 0;
  // Behind a backslash white space decides whether the line goes on.
  const backslash = /\\[ \t]*$/.test(physical);
  if (cuts && trailing > 0 && firstLine === lastLine && !backslash && line.kind !== 'blank')
    edits.push({
      range: {
        start: { line: firstLine, character: physical.length - trailing },
        end: { line: firstLine, character: physical.length },
      },
      newText: '',
    });
  return edits;
};
