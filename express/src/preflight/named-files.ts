import { absence, kindOf } from '../../../common/src/access';
import { UserError } from '../../../common/src/errors';
import type { ExpressOptionName } from '../../../common/src/express-options';
import { checkReachable, ELSEWHERE } from '../../../common/src/reach';
import type { ServerIdentity } from '../plan';
import type { Settings } from '../settings';

interface NamedFile {
  readonly option: ExpressOptionName;
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'any';
  /** Who reads it: Apache, as the one who starts it, or the application's user later. */
  readonly reader: 'starter' | 'server';
}

const file = (
  option: ExpressOptionName,
  path: string | undefined,
  reader: NamedFile['reader'],
): NamedFile[] => (path === undefined ? [] : [{ option, path, kind: 'file', reader }]);

/** Every file and directory that options name and that has to be there already. */
const namedFiles = (settings: Settings): NamedFile[] => {
  const { files, access, tls, environment, services, includeFiles, processes, interpreter } = settings;
  return [
    ...(settings.application.type === 'paste'
      ? file('entry-point', settings.application.entry, 'server')
      : []),
    ...(files.documentRoot
      ? [{ option: 'document-root', path: files.documentRoot, kind: 'directory', reader: 'server' } as const]
      : []),
    ...files.aliases.map(
      ({ target }) => ({ option: 'url-alias', path: target, kind: 'any', reader: 'server' }) as const,
    ),
    ...files.handlers.flatMap(({ script }) => file('add-handler', script, 'server')),
    ...file('mime-types', files.mimeTypes, 'starter'),
    ...file('rewrite-rules', files.rewriteRules, 'starter'),
    ...file('host-access-script', access.hostScript, 'server'),
    ...file('auth-user-script', access.users?.script, 'server'),
    ...file('auth-group-script', access.users?.group?.script, 'server'),
    ...file('ssl-certificate-file', tls?.certificate, 'starter'),
    ...file('ssl-certificate-key-file', tls?.key, 'starter'),
    ...file('ssl-certificate-chain-file', tls?.chain, 'starter'),
    ...file('ssl-ca-certificate-file', tls?.clientAuthority, 'starter'),
    ...file('envvars-script', environment.script, 'starter'),
    ...services.flatMap(({ script }) => file('service-script', script, 'server')),
    ...includeFiles.flatMap((path) => file('include-file', path, 'starter')),
    ...file('shell-executable', settings.shell, 'starter'),
    ...file('rotatelogs-executable', settings.logging.rotation?.program, 'starter'),
    ...(processes.socketPrefix
      ? [
          {
            option: 'socket-prefix',
            path: processes.socketPrefix,
            kind: 'directory',
            reader: 'server',
          } as const,
        ]
      : []),
    ...(interpreter.eggs
      ? [{ option: 'python-eggs', path: interpreter.eggs, kind: 'directory', reader: 'server' } as const]
      : []),
  ];
};

const isThere = ({ path, kind }: NamedFile): boolean => {
  const found = kindOf(path);
  return found !== undefined && (kind === 'any' || found === kind);
};

/**
 * Checks that what the options name is there, and can be read by whoever reads it: Apache would start without some of it,
 * and answer requests with errors.
 *
 * @throws UserError `file-missing` or `not-readable`, naming the option.
 */
export const checkNamedFiles = (settings: Settings, { user, isSwitched }: ServerIdentity): void => {
  for (const named of namedFiles(settings)) {
    const { option, path, kind, reader } = named;
    if (!isThere(named))
      throw new UserError({
        code: 'file-missing',
        message: absence(kind === 'any' ? 'file or directory' : kind, path),
        action: `Correct --${option}.`,
      });
    // Root, who starts a server that then runs as another user, reads everything.
    if (reader === 'starter' && isSwitched) continue;
    const access = kindOf(path) === 'directory' ? 'execute' : 'read';
    checkReachable(user, [{ what: `what --${option} names,`, path, kind: access, otherwise: ELSEWHERE }]);
  }
};
