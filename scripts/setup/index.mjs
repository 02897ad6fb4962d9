import { installAgentPythons } from './agent-pythons.mjs';
import { cache, makeCacheFolder } from './cache.mjs';
import { installCodeServer } from './code-server.mjs';
import { installSystemPackages } from './debian.mjs';
import { copyDebugpy, installDebugpyCopy } from './debugpy.mjs';
import { withLock } from './lock.mjs';
import { installNodeModules } from './npm.mjs';
import { say } from './progress.mjs';
import { installPythonEnvironment } from './python-environment.mjs';
import { readState, writeState } from './state.mjs';

/**
 * Gives the machine what the demo or the tests need; what is there already is left alone.
 *
 * @param {'demo' | 'test'} purpose the tests need more: a browser, pytest, several Pythons
 * @returns {Promise<import('./state.mjs').SetupState>} what could not be had
 * @throws {import('../lib/script-error.mjs').ScriptError}
 */
export const setUp = async (purpose) => {
  // The server's user reads the environments that root makes.
  process.umask(0o022);
  await installSystemPackages(purpose);
  makeCacheFolder();
  return withLock(async () => {
    await installCodeServer();
    const environment = await installPythonEnvironment(purpose);
    const debugpy = await installDebugpyCopy();
    copyDebugpy();
    const agent =
      purpose === 'test'
        ? await installAgentPythons(environment.refusal)
        : { pythons: readState().pythons, leftOut: [] };
    const state = { leftOut: [...environment.leftOut, ...debugpy, ...agent.leftOut], pythons: agent.pythons };
    writeState(state);
    await installNodeModules();
    for (const { part, reason } of state.leftOut) say(`left out: ${part} (${reason})`);
    say(`ready; everything outside the clone is in ${cache.root}`);
    return state;
  });
};
