import { existsSync } from 'node:fs';
import path from 'node:path';
import { absence } from '../access';
import { bundledLauncher, type LauncherCommand } from '../bundled-launcher';
import { UserError } from '../errors';
import { isExecutable } from '../executables';
import { packagesFor } from '../packages';
import { findHttpd, type Httpd } from './httpd';
import { checkModuleMatchesPython, findInstalledModules, type InstalledModules } from './installed-module';
import { ensureNativeModule, type OutputListener } from './native-module';
import { findPython, type Python } from './python';

/** Where the server side comes from: this project, or an upstream mod_wsgi that is installed already. */
export type RuntimeKind = 'bundled' | 'installed';

/** What the user chose; everything left out is found. */
export interface RuntimeChoice {
  /** `auto` takes the bundled runtime, and an installed one where the bundled cannot be built. */
  readonly runtime: 'auto' | RuntimeKind;
  /** Interpreter of the application. */
  readonly python?: string;
  /** Folder in which environments are looked for, and against which relative paths count. */
  readonly cwd: string;
  /** A launcher to use as it is. */
  readonly expressPath?: string;
  /** A module to use as it is. */
  readonly modulePath?: string;
  /** The Apache program. */
  readonly httpd?: string;
  readonly apxs?: string;
  /** Receives what a build prints. */
  readonly onOutput?: OutputListener;
  /** Gives a build up; the call then fails with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A module together with what it belongs to. */
export interface ResolvedModule {
  readonly kind: RuntimeKind;
  readonly module: string;
  readonly python: Python;
  readonly httpd: Httpd;
  /** Where the module comes from, in words. */
  readonly origin: string;
  /** Why it is not the one that was asked for first. */
  readonly note?: string;
}

/** A launcher and the module that it will load. */
export interface Runtime {
  readonly kind: RuntimeKind;
  /** What to start; the command (`start-server`) comes after `args`. */
  readonly launcher: LauncherCommand;
  /** Options that this launcher needs besides the user's, to be put behind the command. */
  readonly launcherOptions: readonly string[];
  /** Undefined where the launcher decides. */
  readonly module: string | undefined;
  readonly python: Python;
  readonly httpd: Httpd;
  /** One line for the user: which launcher, module, Python and Apache. */
  readonly summary: string;
}

interface Base {
  readonly python: Python;
  readonly httpd: Httpd;
}

const findBase = async (choice: RuntimeChoice): Promise<Base> => {
  const [httpd, python] = await Promise.all([
    findHttpd({
      ...(choice.httpd ? { httpd: path.resolve(choice.cwd, choice.httpd) } : {}),
      ...(choice.apxs ? { apxs: choice.apxs } : {}),
    }),
    findPython({ cwd: choice.cwd, ...(choice.python ? { python: choice.python } : {}) }),
  ]);
  return { httpd, python };
};

/**
 * Finds the module to load, building the bundled one where that is wanted and needed.
 *
 * @throws UserError from the discovery of Python, Apache and the module; `module-missing` where there is none.
 */
export const resolveModule = async (choice: RuntimeChoice): Promise<ResolvedModule> =>
  resolveModuleFor(choice, await findBase(choice));

const resolveModuleFor = async (choice: RuntimeChoice, base: Base): Promise<ResolvedModule> => {
  if (choice.modulePath) return givenModule(path.resolve(choice.cwd, choice.modulePath), base);
  if (choice.runtime === 'installed') return installedModule(base);
  try {
    const module = await ensureNativeModule(base.python, base.httpd, choice.onOutput, choice.signal);
    return { kind: 'bundled', module, ...base, origin: 'bundled' };
  } catch (error) {
    if (choice.runtime === 'bundled' || !(error instanceof UserError)) throw error;
    return fallBack(error, base);
  }
};

/** Takes an installed module instead; if there is none, the reason why the bundled one is missing is what helps. */
const fallBack = async (reason: UserError, base: Base): Promise<ResolvedModule> => {
  const installed = await installedModule(base).catch((error: unknown) => {
    if (error instanceof UserError) throw reason;
    throw error;
  });
  return { ...installed, note: `the bundled module could not be built (${reason.message} ${reason.action})` };
};

const givenModule = async (module: string, base: Base): Promise<ResolvedModule> => {
  if (!existsSync(module))
    throw new UserError({
      code: 'module-missing',
      message: absence('mod_wsgi module', module),
      action: 'Correct --module-path, or leave it out: then the bundled module is built and used.',
    });
  await checkModuleMatchesPython(module, base.python);
  return { kind: 'installed', module, ...base, origin: 'given' };
};

const installedModule = async (base: Base): Promise<ResolvedModule> => {
  const found = findInstalledModules(base.python, base.httpd);
  const candidates = [
    { module: found.packaged, origin: 'installed with pip' },
    { module: found.distribution, origin: "the distribution's" },
  ];
  let mismatch: unknown;
  for (const { module, origin } of candidates) {
    if (!module) continue;
    try {
      await checkModuleMatchesPython(module, base.python);
      return { kind: 'installed', module, ...base, origin };
    } catch (error) {
      mismatch ??= error;
    }
  }
  throw mismatch ?? nothingInstalled(base.python, found);
};

const nothingInstalled = (python: Python, found: InstalledModules): UserError => {
  const { packages, command } = packagesFor('mod_wsgi');
  const pip = `${python.executable} -m pip install --no-cache-dir mod_wsgi`;
  return new UserError({
    code: 'module-missing',
    message: `No mod_wsgi is installed for ${python.executable}; looked for ${found.lookedFor.join(', ')}.`,
    action: `Install it with pip, or the package ${packages}${command ? ` (${command})` : ''}, or use the bundled runtime.`,
    command: pip,
  });
};

/**
 * Decides once where the server side comes from. A launcher or module that is named wins; `installed` is pip's
 * launcher of the Python environment, else our launcher with the distribution's module.
 *
 * @throws UserError from the discovery of Python, Apache and the module; `launcher-missing` for a wrong `expressPath`.
 */
export const resolveRuntime = async (choice: RuntimeChoice): Promise<Runtime> => {
  const base = await findBase(choice);
  const httpdOption = choice.httpd ? [`--httpd-executable=${base.httpd.executable}`] : [];
  if (choice.expressPath)
    return givenLauncher(path.resolve(choice.cwd, choice.expressPath), httpdOption, base);

  if (choice.runtime === 'installed' && !choice.modulePath) {
    const found = findInstalledModules(base.python, base.httpd);
    if (found.launcher && found.packaged)
      return pipLauncher(found.launcher, found.packaged, httpdOption, base);
  }
  const resolved = await resolveModuleFor(choice, base);
  return {
    kind: resolved.kind,
    launcher: bundledLauncher(),
    launcherOptions: [
      `--python=${base.python.executable}`,
      `--module-path=${resolved.module}`,
      ...httpdOption,
    ],
    module: resolved.module,
    ...base,
    summary: summarize(
      'bundled launcher',
      `${resolved.origin} module ${resolved.module}`,
      base,
      resolved.note,
    ),
  };
};

const givenLauncher = (launcher: string, httpdOption: readonly string[], base: Base): Runtime => {
  if (!existsSync(launcher))
    throw new UserError({
      code: 'launcher-missing',
      message: absence('launcher', launcher),
      action: 'Correct "expressPath" in launch.json, or leave it out: then the bundled launcher is used.',
    });
  const isScript = /\.[cm]?js$/.test(launcher);
  if (!isScript && !isExecutable(launcher))
    throw new UserError({
      code: 'launcher-missing',
      message: `The launcher ${launcher} is not executable.`,
      action: 'Make it executable with chmod +x, or correct "expressPath" in launch.json.',
    });
  return {
    kind: 'installed',
    launcher: isScript ? { command: process.execPath, args: [launcher] } : { command: launcher, args: [] },
    launcherOptions: httpdOption,
    module: undefined,
    ...base,
    summary: summarize(`launcher ${launcher}`, 'the module that it chooses', base),
  };
};

const pipLauncher = async (
  launcher: string,
  module: string,
  httpdOption: readonly string[],
  base: Base,
): Promise<Runtime> => {
  await checkModuleMatchesPython(module, base.python);
  return {
    kind: 'installed',
    launcher: { command: launcher, args: [] },
    launcherOptions: httpdOption,
    module,
    ...base,
    summary: summarize(`launcher ${launcher}`, `its module ${module}`, base),
  };
};

const summarize = (launcher: string, module: string, { python, httpd }: Base, note?: string): string =>
  `${launcher}, ${module}, Python ${python.version} (${python.executable}), ` +
  `Apache ${httpd.version} (${httpd.executable})${note ? `; ${note}` : ''}`;
