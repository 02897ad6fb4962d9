import { type SystemUser, whatStops } from '../../../../common/src/access';
import { UserError } from '../../../../common/src/errors';
import { findProgram } from '../../../../common/src/executables';
import type { SystemNeed } from '../../../../common/src/packages';
import { pythonRequirements } from '../../../../common/src/reach';
import { findApxs, type Httpd } from '../../../../common/src/runtime/httpd';
import type { Python } from '../../../../common/src/runtime/python';
import type { Finding } from './findings';

const missing = (
  id: Finding['id'],
  label: string,
  fact: string,
  ...needs: readonly SystemNeed[]
): Finding => ({ id, label, found: false, facts: [fact], needs });

const found = (id: Finding['id'], label: string, ...facts: readonly string[]): Finding => ({
  id,
  label,
  found: true,
  facts,
  needs: [],
});

export const examineHttpd = (httpd: Httpd | UserError): Finding => {
  if (httpd instanceof UserError) return missing('httpd', 'Apache', httpd.message, 'httpd');
  const { executable, version: release, modulesDirectory } = httpd;
  if (modulesDirectory)
    return found('httpd', 'Apache', `${release}, ${executable}`, `modules in ${modulesDirectory}`);
  return missing(
    'httpd',
    'Apache',
    `${release}, ${executable}, and the directory of its modules was not found`,
    'httpd',
  );
};

export const examineApxs = (httpd: Httpd | UserError): Finding => {
  const apxs = httpd instanceof UserError ? findApxs() : httpd.apxs;
  return apxs
    ? found('apxs', 'apxs', apxs)
    : missing('apxs', 'apxs', 'not found; the bundled module is built with it', 'httpd-headers');
};

export const examineCompilers = (): readonly [Finding, Finding] => {
  const compiler = findProgram(process.env.CC ?? 'cc', 'cc', 'gcc', 'clang');
  const make = findProgram('make', 'gmake');
  return [
    compiler
      ? found('compiler', 'C compiler', compiler)
      : missing('compiler', 'C compiler', 'not found; the bundled module is built with it', 'build-tools'),
    make
      ? found('make', 'make', make)
      : missing('make', 'make', 'not found; the bundled module is built with it', 'build-tools'),
  ];
};

/**
 * The interpreter, and whether the account that root's server would run as reaches it.
 *
 * @param user the account that root has to name, because Apache refuses to serve as root.
 */
export const examinePython = (
  python: Python | UserError,
  isGiven: boolean,
  user: SystemUser | undefined,
): readonly Finding[] => {
  if (python instanceof UserError)
    return [missing('python', 'Python', python.message, ...(isGiven ? [] : (['python'] as const)))];
  const { executable, prefix } = python;
  const interpreter = found('python', 'Python', `${python.version}, ${executable}`, `environment ${prefix}`);
  const obstacle = user && pythonObstacle(user, python);
  return obstacle
    ? [interpreter, missing('python-reach', "Python's place", `${user.name} cannot reach it: ${obstacle}`)]
    : [interpreter];
};

const pythonObstacle = (user: SystemUser, python: Python): string | undefined => {
  for (const { path: file, kind } of pythonRequirements(python)) {
    const obstacle = whatStops(user, file, kind);
    if (obstacle) return `${obstacle.path} ${obstacle.reason}`;
  }
  return undefined;
};

export const examineLibrary = (python: Python | UserError): readonly Finding[] => {
  if (python instanceof UserError) return [];
  const { libpython, hasHeaders, includeDirectory } = python;
  return [
    libpython
      ? found('python-library', "Python's library", libpython)
      : missing(
          'python-library',
          "Python's library",
          'this Python has no shared library; the bundled module is linked to it',
          'python-library',
        ),
    hasHeaders
      ? found('python-headers', "Python's headers", includeDirectory)
      : missing('python-headers', "Python's headers", `no Python.h in ${includeDirectory}`, 'python-headers'),
  ];
};
