/** Writes control characters, backslashes and bytes over 0x7f as httpd does in its log. */
export const escapeLogged = (message: string): string => {
  let escaped = '';
  for (const byte of new TextEncoder().encode(message)) escaped += escapeByte(byte);
  return escaped;
};

const NAMED: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  11: '\\v',
  13: '\\r',
  92: '\\\\',
};

const escapeByte = (byte: number): string => {
  const named = NAMED[byte];
  if (named !== undefined) return named;
  if (byte < 32 || byte > 126) return `\\x${byte.toString(16).padStart(2, '0')}`;
  return String.fromCharCode(byte);
};
