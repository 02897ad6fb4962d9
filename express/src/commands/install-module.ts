import { chmodSync, copyFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { currentUser, whatStops } from '../../../common/src/access';
import { UserError } from '../../../common/src/errors';
import type { Python } from '../../../common/src/runtime/python';
import { type ResolvedModule, resolveModule } from '../../../common/src/runtime/resolve';
import { invocationAsRoot } from '../invocation';
import { noModulesDirectory } from '../make-plan';
import { shellWord } from '../server-root/shell-words';
import type { Command } from './command';
import { moduleLines } from './module-lines';
import { type OptionSubset, parseSubset, RUNTIME_OPTIONS, runtimeChoice, subsetHelp } from './option-subset';

const subset: OptionSubset = {
  command: 'install-module',
  options: [...RUNTIME_OPTIONS, 'modules-directory'],
  switches: [],
};

/** `install-module`: copies the module to Apache's own and prints the lines that load it. */
export const installModule: Command = {
  name: 'install-module',
  syntax: '[--modules-directory DIRECTORY] [options]',
  summary: "Copies the module into Apache's modules directory and prints the lines that load it.",
  help: () => subsetHelp(subset),
  run: async (words) => {
    const given = parseSubset(words, subset);
    const choice = runtimeChoice(given, process.cwd());
    const chosen = given.text('modules-directory');
    const runtime = await resolveModule(choice);
    const folder = chosen ? path.resolve(chosen) : runtime.httpd.modulesDirectory;
    if (!folder) throw noModulesDirectory(runtime.httpd);
    checkWritable(folder, runtime.python);
    const installed = path.join(folder, installedName(runtime.python));
    copyModule(runtime, installed);
    process.stderr.write(
      `Installed the ${runtime.origin} module as ${installed}. Add these lines to Apache's configuration:\n`,
    );
    process.stdout.write(`${moduleLines(installed, runtime.python).join('\n')}\n`);
    return 0;
  },
};

/** For instance `mod_wsgi-py311.so`: the name `mod_wsgi.so` belongs to the distribution's package. */
const installedName = ({ version }: Python): string =>
  `mod_wsgi-py${version.split('.').slice(0, 2).join('')}.so`;

/** Put beside and renamed: an Apache that runs with an earlier copy keeps that one. */
const copyModule = ({ module }: ResolvedModule, target: string): void => {
  const fresh = `${target}.${process.pid}`;
  try {
    copyFileSync(module, fresh);
    chmodSync(fresh, 0o644);
    renameSync(fresh, target);
  } finally {
    rmSync(fresh, { force: true });
  }
};

const checkWritable = (folder: string, python: Python): void => {
  const user = currentUser();
  const obstacle = whatStops(user, folder, 'write') ?? whatStops(user, folder, 'execute');
  if (!obstacle) return;
  const isMissing = obstacle.reason === 'does not exist';
  throw new UserError({
    code: 'directory-not-writable',
    message: `The module cannot be installed into ${folder}: ${obstacle.path} ${obstacle.reason}.`,
    action: isMissing
      ? 'Create the directory, or name another with --modules-directory.'
      : 'Repeat the command as root, name another directory with --modules-directory, or use the module where it is (module-config):',
    ...(isMissing
      ? {}
      : {
          command: `${invocationAsRoot()} install-module ${shellWord(`--python=${python.executable}`)} ${shellWord(`--modules-directory=${folder}`)}`,
        }),
  });
};
