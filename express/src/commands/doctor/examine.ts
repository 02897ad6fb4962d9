import { readFileSync } from 'node:fs';
import os from 'node:os';
import { groupName, proposedServerUser } from '../../../../common/src/access';
import { UserError } from '../../../../common/src/errors';
import { findHttpd } from '../../../../common/src/runtime/httpd';
import { findPython } from '../../../../common/src/runtime/python';
import type { RuntimeChoice } from '../../../../common/src/runtime/resolve';
import { PROGRAM, version } from '../../version';
import { advise } from './advise';
import {
  examineApxs,
  examineCompilers,
  examineHttpd,
  examineLibrary,
  examinePython,
} from './examine-machine';
import { examineModules } from './examine-modules';
import type { Diagnosis } from './findings';

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
    attempt(() => findHttpd(choice.httpd ? { httpd: choice.httpd } : {})),
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

const systemName = (): string => {
  try {
    const name = /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    if (name) return name;
  } catch {
    // Only Linux has that file.
  }
  return `${os.type()} ${os.release()}`;
};
