import { describe, expect, it } from 'vitest';
import { formatErrorLine, isLoadFailure } from './error-line';

const prefix = '[Sun Nov 22 14:55:12.060742 2026]';

describe('formatErrorLine', () => {
  it.each([
    [
      `${prefix} [wsgi:error] [pid 1:tid 2] [client 127.0.0.1:60220] [script /a/app.py]   File "/a/app.py", line 1`,
      '  File "/a/app.py", line 1',
    ],
    [`${prefix} [wsgi:error] [pid 1:tid 2] printed by the application`, 'printed by the application'],
    [`${prefix} [wsgi:error] [pid 1] [remote 127.0.0.1:1] [in brackets]`, '[in brackets]'],
    [
      `${prefix} [core:error] [pid 1:tid 2] [client 127.0.0.1:1] AH00126: Invalid URI in request`,
      '14:55:12 error AH00126: Invalid URI in request',
    ],
    ['apache2: Syntax error on line 1', 'apache2: Syntax error on line 1'],
    ['', ''],
  ])('shows %j', (line, shown) => {
    expect(formatErrorLine(line, false)).toBe(shown);
  });

  it('leaves out what the launcher says itself', () => {
    const line = `${prefix} [mpm_event:notice] [pid 1:tid 2] AH00489: Apache/2.4.71 configured`;
    expect(formatErrorLine(line, false)).toBeUndefined();
  });
});

it('knows both ways in which modules say that an application could not be loaded', () => {
  expect(isLoadFailure(`${prefix} [wsgi:error] WSGI0109: Unable to execute Python script file '/a'.`)).toBe(
    true,
  );
  expect(isLoadFailure("mod_wsgi (pid=1): Failed to exec Python script file '/a'.")).toBe(true);
  expect(isLoadFailure('Exception occurred processing WSGI script')).toBe(false);
});
