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
  ['[ssl:emerg] SSL Library Error: error:0480006C:PEM routines::no start line', 'certificate-unusable'],
  ["AH00526: Syntax error on line 3 of /srv/my own.conf:\nInvalid command 'Foo'", 'include-wrong'],
  ['AH00526: Syntax error on line 3 of /tmp/mod-wsgi-express-x/httpd.conf:', 'httpd-ended'],
  ['something else', 'httpd-ended'],
])('%s → %s', (output, code) => {
  expect(explainEnd(failed, output).code).toBe(code);
});

it('says how it ended', () => {
  expect(explainEnd(failed, '').message).toBe('Apache ended by itself: its exit status was 1.');
  expect(explainEnd({ ...failed, signal: 'SIGSEGV' }, '').message).toBe('Apache crashed (SIGSEGV).');
  expect(explainEnd({ ...failed, signal: 'SIGKILL' }, '').toText()).toMatch(/was killed[\s\S]*dmesg/);
  expect(explainEnd({ ...failed, failure: 'spawn EAGAIN' }, '').message).toBe(
    'Apache could not be started: spawn EAGAIN.',
  );
});
