import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { groupName, proposedServerUser, type SystemUser, whatStops } from '../../../../common/src/access';
import { UserError } from '../../../../common/src/errors';
import { findProgram } from '../../../../common/src/executables';
import { packagesFor, type SystemNeed } from '../../../../common/src/packages';
import { pythonRequirements } from '../../../../common/src/reach';
import { findApxs, findHttpd, type Httpd } from '../../../../common/src/runtime/httpd';
import { findPython, type Python } from '../../../../common/src/runtime/python';
import type { RuntimeChoice } from '../../../../common/src/runtime/resolve';
import { PROGRAM, version } from '../../version';
import { examineModules } from './examine-modules';
import type { Diagnosis, Finding, ModuleFinding } from './findings';

/** A search that may fail with an explanation. */
const attempt = async <T>(search: () => Promise<T>): Promise<T | UserError> => {
  try {
    return await search();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
};

/** Looks at everything that serving an application needs; writes, builds and starts nothing that stays. */
export const examine = async (choice: RuntimeChoice): Promise<Diagnosis> => {
  const [httpd, python] = await Promise.all([
    attempt(() => findHttpd(choice.httpd ? { httpd: path.resolve(choice.cwd, choice.httpd) } : {})),
    attempt(() => findPython({ cwd: choice.cwd, ...(choice.python ? { python: choice.python } : {}) })),
  ]);
  const httpdFinding = examineHttpd(httpd);
  const building = [examineApxs(httpd), ...examineCompilers(), ...examineLibrary(python)];
  const user = process.getuid?.() === 0 ? await proposedServerUser() : undefined;
  const pythonFindings = examinePython(python, choice.python !== undefined, user);
  const findings = [httpdFinding, ...building.slice(0, 3), ...pythonFindings, ...building.slice(3)];
  const modules =
    httpd instanceof UserError || python instanceof UserError
      ? []
      : await examineModules(python, httpd, building, choice.modulePath);
  const serves = modules.find(({ state }) => state === 'fits' || state === 'buildable')?.origin;
  const canServe =
    httpdFinding.found && pythonFindings.every((finding) => finding.found) && serves !== undefined;
  return {
    launcher: `${PROGRAM} ${version()}`,
    system: systemName(),
    findings,
    modules,
    canServe,
    serves: canServe ? serves : undefined,
    options: user ? [`--user=${user.name}`, `--group=${await groupName(user.gid)}`] : [],
    advice: canServe ? [] : advise(findings, modules, python),
  };
};

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

const examineHttpd = (httpd: Httpd | UserError): Finding => {
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

const examineApxs = (httpd: Httpd | UserError): Finding => {
  const apxs = httpd instanceof UserError ? findApxs() : httpd.apxs;
  return apxs
    ? found('apxs', 'apxs', apxs)
    : missing('apxs', 'apxs', 'not found; the bundled module is built with it', 'httpd-headers');
};

const examineCompilers = (): readonly [Finding, Finding] => {
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
const examinePython = (
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

const examineLibrary = (python: Python | UserError): readonly Finding[] => {
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

const systemName = (): string => {
  try {
    const name = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    if (name) return name;
  } catch {
    // Only Linux has that file.
  }
  return `${os.type()} ${os.release()}`;
};

/** What helps where no package does. */
const PYTHON_ADVICE: Partial<Record<Finding['id'], Diagnosis['advice'][number]>> = {
  python: { text: 'Name the interpreter of the application with --python.' },
  'python-reach': {
    text: 'Name an interpreter outside of closed home folders with --python, or start the server as an ordinary user.',
  },
};

const advise = (
  findings: readonly Finding[],
  modules: readonly ModuleFinding[],
  python: Python | UserError,
): Diagnosis['advice'] => [
  ...installAdvice(findings),
  ...findings.filter(({ found: isThere }) => !isThere).flatMap(({ id }) => PYTHON_ADVICE[id] ?? []),
  ...(modules.some(({ origin }) => origin === 'given')
    ? [{ text: 'Name another module with --module-path, or leave it out: then the bundled module is used.' }]
    : []),
  ...(python instanceof UserError ||
  modules.some(({ origin, state }) => origin === 'given' || state === 'fits' || state === 'buildable')
    ? []
    : [
        {
          text: 'A mod_wsgi from PyPI does as well; it is built with the same tools:',
          command: `${python.executable} -m pip install --no-cache-dir mod_wsgi`,
        },
      ]),
];

/** One command for everything that packages can mend. */
const installAdvice = (findings: readonly Finding[]): Diagnosis['advice'] => {
  const lacking = findings.filter(({ needs }) => needs.length > 0);
  if (lacking.length === 0) return [];
  const { packages, command } = packagesFor(...lacking.flatMap(({ needs }) => needs));
  const names = lacking.map(({ label }) => label).join(', ');
  return [{ text: `Install what is missing (${names}): ${packages}.`, ...(command ? { command } : {}) }];
};
