/**
 * Writes any value as one word of a POSIX shell's command line: between single quotes nothing is special but the quote
 * itself. NUL cannot be in a word, and cannot be in a path or an environment variable either.
 */
export const shellWord = (value: string): string =>
  /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", `'\\''`)}'`;
