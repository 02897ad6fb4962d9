/** A `${NAME}` in a text. */
export interface VariableReference {
  readonly name: string;
  /** Index of the `$`. */
  readonly start: number;
  /** Index after the `}`. */
  readonly end: number;
}

/** The references of a text in order. There is no escape, and an unclosed `${` is plain text (httpd-grammar §3). */
export const variableReferences = (text: string): VariableReference[] => {
  const found: VariableReference[] = [];
  let start = text.indexOf('${');
  while (start >= 0) {
    const brace = text.indexOf('}', start + 2);
    if (brace < 0) break;
    found.push({ name: text.slice(start + 2, brace), start, end: brace + 1 });
    start = text.indexOf('${', brace + 1);
  }
  return found;
};

/**
 * Replaces the references whose name has a value; values are not expanded again.
 *
 * @param lookUp gives the value, or undefined if the reference is to stay as it is
 */
export const expandVariables = (text: string, lookUp: (name: string) => string | undefined): string => {
  let result = '';
  let done = 0;
  for (const { name, start, end } of variableReferences(text)) {
    result += text.slice(done, start) + (lookUp(name) ?? text.slice(start, end));
    done = end;
  }
  return done === 0 ? text : result + text.slice(done);
};
