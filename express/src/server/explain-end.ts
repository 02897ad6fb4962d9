import { UserError } from '../../../common/src/errors';
import type { ApacheEnd } from './apache';

interface KnownReason {
  readonly pattern: RegExp;
  readonly code: string;
  readonly action: string;
}

/** What Apache prints when it cannot start, and what helps. */
const KNOWN_REASONS: readonly KnownReason[] = [
  {
    pattern: /Address already in use/,
    code: 'port-busy',
    action: 'Another process took the port meanwhile: choose another with --port (0 takes any free one).',
  },
  {
    pattern: /make_sock: could not bind|Permission denied: .*could not bind/,
    code: 'port-privileged',
    action: 'Choose another address with --host or --port.',
  },
  {
    pattern: /Cannot load .*libpython|undefined symbol: _?Py/,
    code: 'module-wrong-python',
    action: 'The mod_wsgi module does not fit: leave --module-path out, or name one built for this Python.',
  },
  {
    pattern: /Cannot load /,
    code: 'apache-module-missing',
    action: 'A module could not be loaded: see the line above; --modules-directory names their directory.',
  },
  {
    pattern: /init_fs_encoding|filesystem encoding/,
    code: 'python-broken',
    action: "Python's library was not found: name the interpreter of the application with --python.",
  },
];

/** Why Apache ended although nobody asked it to, from how it ended and what it printed. */
export const explainEnd = (end: ApacheEnd, output: string): UserError => {
  const how =
    end.failure ?? (end.signal ? `it was ended by ${end.signal}` : `its exit status was ${end.status}`);
  const known = KNOWN_REASONS.find(({ pattern }) => pattern.test(output));
  return new UserError({
    code: known?.code ?? 'httpd-ended',
    message: `Apache ended by itself: ${how.replace(/\.$/, '')}.`,
    action: known?.action ?? 'The lines above are its own words; --log-level=info makes it say more.',
  });
};
