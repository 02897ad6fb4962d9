import type { Analysis } from '../analysis';
import { directiveOf } from '../analysis';
import type { Directive } from '../catalogue/directives';
import type { Range, Word } from '../syntax/nodes';
import { type Line, lineAt } from '../syntax/walk';

/** The line under a position, with the catalogue's word on it. */
export interface CursorLine {
  readonly line: Line;
  readonly directive: Directive | undefined;
}

/** The logical line at an offset; undefined in an empty file. */
export const cursorLine = ({ lines }: Analysis, offset: number): CursorLine | undefined => {
  const line = lineAt(lines, offset);
  return line && { line, directive: directiveOf(line) };
};

/** True if the offset touches the range; its end counts, because a cursor stands behind what was typed. */
export const touches = ({ start, end }: Range, offset: number): boolean => offset >= start && offset <= end;

/** The argument words of a line that has some. */
export const wordsOf = (line: Line): readonly Word[] =>
  line.kind === 'directive' ? line.args : line.kind === 'open' ? line.tag.args : [];

/** The names a file defines with `Define`, with the whole directive's words. */
export const definitions = ({ lines }: Analysis): readonly { name: Word; value: Word | undefined }[] =>
  lines.flatMap((line) => {
    if (line.kind !== 'directive' || !/^Define$/i.test(line.name.value)) return [];
    const [name, value] = line.args;
    return name ? [{ name, value }] : [];
  });
