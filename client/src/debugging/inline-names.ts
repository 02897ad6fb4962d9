/** A name in a line, counted from 0. */
export interface InlineName {
  readonly name: string;
  readonly line: number;
  readonly character: number;
}

/** A frame that runs is rarely longer, and nobody reads values further away. */
const MOST_LINES = 200;

/** What is no variable: Python's words, and names that are always the same. */
const NO_VARIABLES = new Set(
  `False None True and as assert async await break case class continue def del elif else except finally for from global
  if import in is lambda match nonlocal not or pass raise return self try while with yield`.split(/\s+/),
);

/** Strings and comments in one alternative, names in the other. A name behind a dot or before a bracket is none of the frame's values. */
const TOKEN = /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|#.*)|(?<![\w.])([A-Za-z_]\w*)\b(?!\s*\()/g;

const indentation = (line: string): number => line.search(/\S/);

/** The line where the innermost function around a line begins; 0 where there is none. */
const beginOfFunction = (lines: readonly string[], stopped: number): number => {
  let depth = indentation(lines[stopped] ?? '');
  for (let line = stopped; line >= 0; line--) {
    const text = lines[line] ?? '';
    const here = indentation(text);
    if (here === -1 || (line !== stopped && here >= depth)) continue;
    if (/^\s*(?:async\s+)?def\s/.test(text)) return line;
    depth = Math.min(depth, here);
  }
  return 0;
};

/**
 * The names whose values are worth showing beside the code of a stopped frame: those of its function, up to the line where
 * it stands, each once in a line. What is not a variable of the frame after all is left out by the editor.
 *
 * @param lines of the document.
 * @param stopped the line where the frame stands, from 0.
 */
export const inlineNames = (lines: readonly string[], stopped: number): InlineName[] => {
  const from = Math.max(beginOfFunction(lines, stopped), stopped - MOST_LINES);
  return lines.slice(from, stopped + 1).flatMap((text, index) => {
    const seen = new Set<string>();
    return [...text.matchAll(TOKEN)].flatMap((match) => {
      const name = match[2];
      if (!name || NO_VARIABLES.has(name) || seen.has(name)) return [];
      seen.add(name);
      return [{ name, line: from + index, character: match.index }];
    });
  });
};
