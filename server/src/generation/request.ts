import { UserError } from '../../../common/src/errors';
import type { GeneratedSite, GenerateSiteParams } from '../../../common/src/language-requests';
import type { FileSystem } from '../model/machine';
import { findApplication } from './application';
import { generateSite, layoutOf } from './site';

const SERVER_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** What ends a line, or the word, of a configuration whatever stands around it. */
const UNWRITABLE = /[\p{Cc}"\\]/u;

/**
 * The site for what the user pointed at.
 *
 * @param path undefined if the URI names none of the files
 * @throws UserError `not-a-path`, `not-a-server-name`, or `no-application` if nothing like an application is there
 */
export const siteFor = (
  path: string | undefined,
  { uri, serverName, pythonHome }: GenerateSiteParams,
  files: Pick<FileSystem, 'read' | 'kind' | 'list'>,
): GeneratedSite => {
  if (path === undefined || [path, pythonHome ?? ''].some((text) => UNWRITABLE.test(text)))
    throw new UserError({
      code: 'not-a-path',
      message: `${path ?? uri} cannot be written into a configuration.`,
      action: 'Name a file or folder of this machine, without quotes, backslashes and control characters.',
    });
  if (serverName !== undefined && !SERVER_NAME.test(serverName))
    throw new UserError({
      code: 'not-a-server-name',
      message: `"${serverName}" is no name of a host.`,
      action: 'Give a name such as shop.example.com, without scheme, port and path.',
    });
  const application = findApplication(files, path);
  if (!application)
    throw new UserError({
      code: 'no-application',
      message: `No WSGI application was found at ${path}.`,
      action: 'Name a WSGI script, a Python file that holds the application, or the folder of one of these.',
    });
  return generateSite(application, { serverName, pythonHome }, layoutOf(files));
};
