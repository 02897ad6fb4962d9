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
    pattern: /SSL Library Error/,
    code: 'certificate-unusable',
    action:
      'Certificate and key are PEM files that belong together: correct --ssl-certificate-file and --ssl-certificate-key-file.',
  },
  {
    pattern: /Syntax error on line \d+ of (?!.*\/httpd\.conf:)/,
    code: 'include-wrong',
    action: 'The line is of a file of yours: correct it, or leave --include-file or --rewrite-rules out.',
  },
  {
    pattern: /init_fs_encoding|filesystem encoding/,
    code: 'python-broken',
    action: "Python's library was not found: name the interpreter of the application with --python.",
  },
];

/** How it ended, and what helps where its own words do not tell. */
const describeEnd = ({ failure, signal, status }: ApacheEnd): { message: string; action: string } => {
  const ownWords = 'The lines above are its own words; --log-level=info makes it say more.';
  if (failure)
    return { message: `Apache could not be started: ${failure.replace(/\.$/, '')}.`, action: ownWords };
  if (!signal) return { message: `Apache ended by itself: its exit status was ${status}.`, action: ownWords };
  if (signal === 'SIGKILL')
    return {
      message: 'Apache was killed (SIGKILL).',
      action: 'Another process did that, or the system because memory had run out: its log (dmesg) tells.',
    };
  return {
    message: `Apache crashed (${signal}).`,
    action: "It was code in C, of one of Apache's modules or of a package that the application imports.",
  };
};

/** Why Apache ended although nobody asked it to, from how it ended and what it printed. */
export const explainEnd = (end: ApacheEnd, output: string): UserError => {
  const { message, action } = describeEnd(end);
  const known = KNOWN_REASONS.find(({ pattern }) => pattern.test(output));
  return new UserError({ code: known?.code ?? 'httpd-ended', message, action: known?.action ?? action });
};
