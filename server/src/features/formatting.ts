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
 * Indents every line by its sections and cuts white space at line ends. Words, the space between them, comments and
 * continuations stay as they are: a byte changed inside a line could be a byte of a value.
 */
export const format = (
  document: TextDocument,
  { lines, tree }: Analysis,
  { insertSpaces, tabSize }: FormattingOptions,
  span: LineSpan = { first: 0, last: Number.POSITIVE_INFINITY },
): TextEdit[] => {
  // Statements of a template engine are indented as its author wants.
  if (tree.template) return [];
  // A carriage return alone ends a line for an editor, but not for Apache: the two count lines differently.
  if (/\r(?!\n)/.test(document.getText())) return [];
  const unit = insertSpaces ? ' '.repeat(tabSize) : '\t';
  return lines.flatMap((line) => {
    const { firstLine } = logical(line);
    if (firstLine < span.first || firstLine > span.last) return [];
    return lineEdits(document, line, unit.repeat(line.sections.length));
  });
};

const logical = (line: Line) => (line.kind === 'open' || line.kind === 'close' ? line.tag.line : line.line);

const lineEdits = (document: TextDocument, line: Line, indent: string): TextEdit[] => {
  const { firstLine, lastLine } = logical(line);
  const edits: TextEdit[] = [];
  const physical = document
    .getText({ start: { line: firstLine, character: 0 }, end: { line: firstLine + 1, character: 0 } })
    .replace(/\r?\n$/, '');
  const written = /^[ \t]*/.exec(physical)?.[0] ?? '';
  const wanted = line.kind === 'blank' ? '' : indent;
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
  if (trailing > 0 && firstLine === lastLine && !backslash && line.kind !== 'blank')
    edits.push({
      range: {
        start: { line: firstLine, character: physical.length - trailing },
        end: { line: firstLine, character: physical.length },
      },
      newText: '',
    });
  return edits;
};
