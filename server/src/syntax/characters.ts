/** The white space that httpd trims and splits at; U+00A0 is an ordinary character to it (httpd-grammar §1.3). */
export const isSpace = (character: string | undefined): boolean =>
  character === ' ' ||
  character === '\t' ||
  character === '\n' ||
  character === '\v' ||
  character === '\f' ||
  character === '\r';

/** Index of the first character at or after `from` that is no white space; the length of the text if there is none. */
export const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && isSpace(text[at])) at++;
  return at;
};
