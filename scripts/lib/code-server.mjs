// The code-server command, as people run it.
import path from 'node:path';
import { cache } from '../setup/cache.mjs';
import { run } from './process.mjs';
import { ScriptError } from './script-error.mjs';

const INSTALL_TIMEOUT_MS = 3 * 60_000;

/** The program that the cached Node runs. */
export const codeServerEntry = path.join(cache.codeServer, 'out', 'node', 'entry.js');

/** The environment without what a VS Code around us would tell its own children. */
export const cleanEnvironment = () =>
  Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VSCODE_|ELECTRON_RUN_AS_NODE$|NODE_OPTIONS$|PORT$|PASSWORD$)/.test(name),
    ),
  );

/**
 * Installs a vsix the way a user does.
 *
 * @param {string} vsix
 * @param {{extensions: string, userData: string}} folders where the extension goes, and where the command keeps its data
 * @throws {ScriptError} with what the command said, where it did not install it
 */
export const installVsix = async (vsix, { extensions, userData }) => {
  const args = [
    codeServerEntry,
    ...['--install-extension', vsix, '--force'],
    ...['--extensions-dir', extensions, '--user-data-dir', userData],
  ];
  const { code, output } = await run(cache.node, args, {
    env: cleanEnvironment(),
    timeoutMs: INSTALL_TIMEOUT_MS,
  });
  if (code !== 0 || !output.includes('was successfully installed'))
    throw new ScriptError(
      `The editor did not install ${vsix}:\n${output.trim()}`,
      'If the message does not say why: remove the vsix and run npm run package again.',
    );
};
