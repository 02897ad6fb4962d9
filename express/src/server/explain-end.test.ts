import { expect, it } from 'vitest';
import { explainEnd } from './explain-end';

const failed = { status: 1, signal: undefined, failure: undefined };

it.each([
  ['(98)Address already in use: AH00072: make_sock: could not bind to address 127.0.0.1:80', 'port-busy'],
  ['(13)Permission denied: AH00072: make_sock: could not bind to address 127.0.0.1:80', 'port-privileged'],
  [
    'Cannot load /x/mod_wsgi.so into server: libpython3.9.so.1.0: cannot open shared object file',
    'module-wrong-python',
  ],
  ['Cannot load /x/mod_foo.so into server: /x/mod_foo.so: cannot open', 'apache-module-missing'],
  ['something else', 'httpd-ended'],
])('%s → %s', (output, code) => {
  expect(explainEnd(failed, output).code).toBe(code);
});

it('says how it ended', () => {
  expect(explainEnd(failed, '').message).toBe('Apache ended by itself: its exit status was 1.');
  expect(explainEnd({ ...failed, signal: 'SIGSEGV' }, '').message).toContain('it was ended by SIGSEGV');
});
