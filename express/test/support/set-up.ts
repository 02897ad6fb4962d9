import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { parseArguments } from '../../src/command-line/parse';
import { makePlan } from '../../src/make-plan';
import { type SetUpServer, setUpServerRoot } from '../../src/server-root/setup';
import { readSettings } from '../../src/settings';
import { httpd, identityOptions, python } from './machine';

/**
 * Sets up a server as `setup-server` does, in this process: a hundred of them take seconds.
 *
 * @throws UserError as the command does.
 */
export const setUpInProcess = async (
  words: readonly string[],
  { cwd, root, module }: { cwd: string; root: string; module: string },
): Promise<SetUpServer> => {
  const fixed = [
    `--server-root=${root}`,
    `--python=${python.executable}`,
    `--module-path=${module}`,
    ...identityOptions,
  ];
  // What the test says about these wins.
  const wanted = fixed.filter((word) => !words.some((other) => other.startsWith(`${word.split('=')[0]}=`)));
  const settings = readSettings(parseArguments([...words, ...wanted]), cwd);
  return setUpServerRoot(await makePlan({ ...settings, serverRoot: root }, 'later'), root);
};

/** Apache's check of a configuration: its complaint, or undefined if it has none. */
export const complaint = (configuration: string): string | undefined => {
  const { status, stderr } = spawnSync(httpd.executable, ['-t', '-f', configuration], { encoding: 'utf8' });
  return status === 0 ? undefined : stderr;
};

/**
 * What Apache reads when `apachectl` runs it: a shell reads that file, and `envvars`, before.
 *
 * @returns Apache's or the shell's complaint, or the names of all directives and sections in their order.
 */
export const readThroughControl = ({
  apachectl,
}: SetUpServer): { readonly complaint: string } | { readonly directives: readonly string[] } => {
  const info = `LoadModule info_module ${path.join(httpd.modulesDirectory ?? '', 'mod_info.so')}`;
  const words = [apachectl, '-C', info, '-t', '-D', 'DUMP_CONFIG'];
  const { status, stdout, stderr } = spawnSync('/bin/sh', words, { encoding: 'utf8' });
  if (status !== 0 || stderr.trim() !== 'Syntax OK') return { complaint: `${status}: ${stderr}` };
  const names = stdout.split('\n').map((line) => line.trim().split(' ')[0] ?? '');
  return { directives: names.filter((name) => name !== '' && !name.startsWith('#')) };
};
