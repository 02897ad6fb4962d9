import { UserError } from '../../../common/src/errors';

/** The variable that stands for a dollar sign; the generated configuration defines it first. */
export const DOLLAR_VARIABLE = 'MOD_WSGI_EXPRESS_DOLLAR';

/**
 * Writes any value as one word of an httpd configuration, so that httpd reads back exactly that value.
 *
 * Inside double quotes httpd knows two escapes, `\"` and `\\`. Before that it replaces `${NAME}` in the whole line,
 * and has no escape for it; but what it puts in is not looked at again. So the dollar sign of `${` comes from a
 * variable whose value is a dollar sign.
 *
 * @param what names the value in the error message, e.g. "The working directory".
 * @throws UserError `value-not-writable` for an empty value and for line ends and NUL, which no httpd line can hold.
 */
export const httpdWord = (value: string, what: string): string => {
  if (value === '') throw notWritable(`${what} is empty.`);
  if (/[\0\n\r]/.test(value))
    throw notWritable(`${what} contains a line end or a NUL character: ${JSON.stringify(value)}.`);
  const escaped = value.replace(/[\\"]/g, '\\$&').replaceAll('${', `\${${DOLLAR_VARIABLE}}{`);
  return `"${escaped}"`;
};

const notWritable = (message: string): UserError =>
  new UserError({
    code: 'value-not-writable',
    message,
    action: 'An Apache configuration cannot express this value: use another name.',
  });
