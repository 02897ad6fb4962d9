const SPACE = 32;
const TAB = 9;
const CARRIAGE_RETURN = 13;

/**
 * True for the code of the white space that httpd trims and splits at: tab, line feed, vertical tab, form feed and carriage return lie side
 * by side. U+00A0 is an ordinary character to it (httpd-grammar §1.3).
 */
export const isSpace = (code: number): boolean => code === SPACE || (code >= TAB && code <= CARRIAGE_RETURN);

/** Index of the first character at or after `from` that is no white space; the length of the text if there is none. */
export const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
};

/** Index of the first white space at or after `from`; the length of the text if there is none. */
export const skipWord = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && !isSpace(text.charCodeAt(at))) at++;
  return at;
};

/** Index behind the last character before `to` that is no white space; `from` if there is none behind that. */
export const trimEnd = (text: string, from: number, to: number): number => {
  let at = to;
  while (at > from && isSpace(text.charCodeAt(at - 1))) at--;
  return at;
};
