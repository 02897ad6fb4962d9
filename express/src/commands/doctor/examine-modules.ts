import { existsSync } from 'node:fs';
import { UserError } from '../../../../common/src/errors';
import type { Httpd } from '../../../../common/src/runtime/httpd';
import {
  checkModuleMatchesPython,
  findInstalledModules,
  moduleLibpython,
} from '../../../../common/src/runtime/installed-module';
import { supportsDaemonMode } from '../../../../common/src/runtime/module-features';
import { nativeModulePath } from '../../../../common/src/runtime/native-module';
import type { Python } from '../../../../common/src/runtime/python';
import type { Finding, ModuleFinding, ModuleOrigin } from './findings';

const absent = (origin: ModuleOrigin, reason: string, file?: string): ModuleFinding => ({
  origin,
  state: 'not-installed',
  file,
  library: undefined,
  daemonMode: undefined,
  reason,
});

const examineFile = async (origin: ModuleOrigin, file: string, python: Python): Promise<ModuleFinding> => {
  const linked = await moduleLibpython(file);
  const library = linked && (linked.file ?? `${linked.name} (not on this machine)`);
  const daemonMode = await supportsDaemonMode(file);
  try {
    await checkModuleMatchesPython(file, python);
    return { origin, state: 'fits', file, library, daemonMode, reason: undefined };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const own = python.libpython ? `of this one it is ${python.libpython}` : 'this one has none';
    return { origin, state: 'wrong-python', file, library, daemonMode, reason: own };
  }
};

/** The bundled module is built at the first start, if everything for that is there. */
const examineBundled = async (
  python: Python,
  httpd: Httpd,
  findings: readonly Finding[],
): Promise<ModuleFinding> => {
  const file = nativeModulePath(python, httpd);
  if (existsSync(file)) return examineFile('bundled', file, python);
  const missing = findings.filter(({ found }) => !found).map(({ label }) => label);
  return {
    origin: 'bundled',
    state: missing.length === 0 ? 'buildable' : 'not-buildable',
    file,
    library: undefined,
    daemonMode: undefined,
    reason: missing.length === 0 ? undefined : `cannot be built without ${missing.join(', ')}`,
  };
};

/**
 * Every module that start-server could load, in the order in which it chooses.
 *
 * @param given the module of --module-path; then it is the only one that counts.
 */
export const examineModules = async (
  python: Python,
  httpd: Httpd,
  findings: readonly Finding[],
  given: string | undefined,
): Promise<readonly ModuleFinding[]> => {
  if (given !== undefined) {
    return [existsSync(given) ? await examineFile('given', given, python) : absent('given', given, given)];
  }
  const { packaged, distribution } = findInstalledModules(python, httpd);
  return Promise.all([
    examineBundled(python, httpd, findings),
    packaged ? examineFile('pip', packaged, python) : absent('pip', `in ${python.prefix}`),
    distribution
      ? examineFile('distribution', distribution, python)
      : absent('distribution', `in ${httpd.modulesDirectory ?? "Apache's modules directory"}`),
  ]);
};
