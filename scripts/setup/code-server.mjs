// VS Code's server (code-server) and the Node it wants. Each is installed under another name and renamed when it has been
// seen to work, so that an interrupted installation is never taken for a complete one.
import { existsSync, renameSync } from 'node:fs';
import path from 'node:path';
import { readJson } from '../lib/json.mjs';
import { run } from '../lib/process.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { cache, isComplete, markComplete, remove, versions } from './cache.mjs';
import { installNpmPackage } from './npm.mjs';
import { say, working } from './progress.mjs';

/** Modules that are compiled during the installation: where one is missing or broken, terminals or the server fail later. */
const compiledModules = ['node-pty', '@vscode/spdlog', '@parcel/watcher', 'kerberos'];

/** Makes sure of Node and code-server in the cache. */
export const installCodeServer = async () => {
  await install({
    title: `Node ${versions.node} for code-server`,
    folder: cache.nodeFolder,
    inputs: `node ${versions.node}`,
    spec: `node@${versions.nodePackage}`,
    problem: nodeProblem,
  });
  await install({
    title: `code-server ${versions.codeServer}`,
    folder: cache.codeServerFolder,
    inputs: `code-server ${versions.codeServer}`,
    spec: `code-server@${versions.codeServer}`,
    firstOnPath: path.dirname(cache.node),
    problem: codeServerProblem,
  });
};

const install = async ({ title, folder, inputs, spec, firstOnPath, problem }) => {
  if (isComplete(folder, inputs)) return say(`${title}: there`);
  if (existsSync(folder) && (await problem(folder)) === undefined) {
    markComplete(folder, inputs);
    return say(`${title}: there, works`);
  }
  const partial = `${folder}.partial`;
  remove(partial);
  remove(folder);
  await working(title, async (onLine) => {
    await installNpmPackage(partial, spec, { firstOnPath, onLine });
    const found = await problem(partial);
    if (found)
      throw new ScriptError(
        `${spec} was installed but does not work: ${found}`,
        `Its files are in ${partial}; remove that folder and run this again.`,
      );
    renameSync(partial, folder);
    markComplete(folder, inputs);
  });
};

/** What is wrong with an installed Node, undefined where nothing is. */
const nodeProblem = async (folder) => {
  const binary = path.join(folder, path.relative(cache.nodeFolder, cache.node));
  const { code, output } = await run(binary, ['--version']);
  return code === 0 && output.startsWith(`v${versions.node}.`)
    ? undefined
    : `node --version says: ${output.trim()}`;
};

const codeServerProblem = async (folder) => {
  const location = path.join(folder, 'node_modules', 'code-server');
  const found = readJson(path.join(location, 'package.json'))?.version;
  if (found !== versions.codeServer) return `its version is ${found}`;
  const vscode = path.join(location, 'lib', 'vscode');
  const load = compiledModules.map((name) => `require(${JSON.stringify(name)});`).join('');
  const { code, output } = await run(cache.node, ['-e', load], { cwd: vscode });
  return code === 0 ? undefined : `a compiled module does not load: ${firstErrorLine(output)}`;
};

const firstErrorLine = (output) =>
  output.split('\n').find((line) => /error/i.test(line)) ?? output.slice(0, 300);
