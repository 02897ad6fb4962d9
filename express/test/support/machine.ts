import { existsSync } from 'node:fs';
import path from 'node:path';
import { proposedServerUser } from '../../../common/src/access';
import { cacheRoot } from '../../../common/src/cache';
import { UserError } from '../../../common/src/errors';
import { findHttpd } from '../../../common/src/runtime/httpd';
import { checkModuleMatchesPython, findInstalledModules } from '../../../common/src/runtime/installed-module';
import { ensureNativeModule } from '../../../common/src/runtime/native-module';
import { inspectPython } from '../../../common/src/runtime/python';

/** One row of the test matrix: a mod_wsgi module, or the reason why it cannot be tested on this machine. */
export interface ModuleRow {
  readonly name: 'bundled' | 'distribution' | 'pip';
  readonly module: string | undefined;
  readonly missing: string;
}

const environmentPython = path.join(cacheRoot(), 'venv', 'bin', 'python');

/** Whether the environment that set-up makes is there; Flask and coverage come from it. */
export const hasEnvironment = existsSync(environmentPython);

/** The interpreter that the tests use. */
export const python = await inspectPython(hasEnvironment ? environmentPython : '/usr/bin/python3');

export const httpd = await findHttpd();

/** The options that every start by this user needs: root has to name another account. */
export const identityOptions: readonly string[] =
  process.getuid?.() === 0 ? [`--user=${(await proposedServerUser())?.name}`] : [];

const reasonOf = (error: unknown): string => (error instanceof UserError ? error.message : String(error));

const row = async (name: ModuleRow['name'], find: () => Promise<string | undefined>): Promise<ModuleRow> => {
  try {
    const module = await find();
    return { name, module, missing: 'it is not installed' };
  } catch (error) {
    return { name, module: undefined, missing: reasonOf(error) };
  }
};

const matching = async (module: string | undefined): Promise<string | undefined> => {
  if (module) await checkModuleMatchesPython(module, python);
  return module;
};

const installed = findInstalledModules(python, httpd);

/** Every module that mod_wsgi-express has to work with. */
export const moduleRows: readonly ModuleRow[] = [
  await row('bundled', () => ensureNativeModule(python, httpd)),
  await row('distribution', () => matching(installed.distribution)),
  await row('pip', () => matching(installed.packaged)),
];

/** A module for tests that are not about modules: the first that is there. */
export const anyModule = moduleRows.toReversed().find((candidate) => candidate.module)?.module;
