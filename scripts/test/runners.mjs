// Every runner of `npm test`, in order: the quick ones that explain the most come first.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { inRepository } from '../lib/repository.mjs';
import { cache } from '../setup/cache.mjs';

/**
 * @typedef {object} Runner
 * @property {string} name
 * @property {string} command
 * @property {string[]} args
 * @property {number} minutes after which it counts as hanging
 * @property {NodeJS.ProcessEnv} [env] added to this process's environment
 * @property {string} [verdictOnly] the command is one test of this title: its exit code is the result
 * @property {string} [skip] why it cannot run here
 */

const nodeTool = (name) => inRepository('node_modules', '.bin', name);
const reporter = inRepository('scripts', 'test', 'vitest-reporter.mjs');

/**
 * @param {import('../setup/state.mjs').SetupState} state what set-up found and left out
 * @returns {Runner[]}
 */
export const runners = (state) => [
  verdict('types', nodeTool('tsc'), ['-b'], 'every part compiles and imports only what it may'),
  verdict('lint', nodeTool('biome'), ['check', '--error-on-warnings'], 'one style, no known mistakes'),
  verdict(
    'generated',
    process.execPath,
    [inRepository('scripts', 'generate.mjs'), '--check'],
    'the manifest and the documentation say what the tables say',
  ),
  // The tests run what users get: the production build, and the vsix made of it.
  verdict(
    'package',
    process.execPath,
    [inRepository('scripts', 'package.mjs')],
    'the extension is bundled and packed',
  ),
  vitest('unit', 5, [
    'common/src',
    'server/src',
    'express/src',
    'debug-adapter/src',
    'client/src',
    'scripts',
  ]),
  ...pythonRunners(state),
  vitest('integration', 45, [
    'server/test',
    'express/test',
    'debug-adapter/test',
    'native/test',
    'test/integration',
  ]),
  editor(),
];

const verdict = (name, command, args, title) => ({ name, command, args, minutes: 5, verdictOnly: title });

const vitest = (project, minutes, folders) => ({
  name: project,
  command: nodeTool('vitest'),
  args: ['run', '--project', project, '--reporter=default', `--reporter=${reporter}`],
  minutes,
  skip: folders.some((folder) => holds(folder, /\.test\.m?ts$|\.test\.mjs$/))
    ? undefined
    : `no ${project} tests in the tree`,
});

/** Folders of pytest files by what they test. Each is a run of its own, since each has a conftest of its own. */
const pythonTests = {
  agent: 'debug-adapter/agent/tests',
  coverage: 'common/python/tests',
  handler: 'express/python/tests',
};

const pythonRunners = (state) => {
  const available = Object.entries(pythonTests).flatMap(([subject, folder]) =>
    Object.entries(state.pythons).map(([version, python]) => ({
      name: `${subject} on Python ${version}`,
      command: python,
      args: ['-m', 'pytest', '-p', 'pytest_report', '-p', 'no:cacheprovider', '-q', folder],
      minutes: 5,
      env: { PYTHONPATH: inRepository('scripts', 'test'), PYTHONDONTWRITEBYTECODE: '1' },
      skip: holds(folder, /^test_.*\.py$/) ? undefined : `no pytest files in ${folder}`,
    })),
  );
  const missing = state.leftOut
    .filter(({ part }) => part.startsWith('tests on Python '))
    .map(({ part, reason }) => ({ name: part.replace('tests on ', ''), skip: reason }));
  return [...available, ...missing];
};

const editor = () => ({
  name: 'editor',
  command: process.execPath,
  args: [inRepository('scripts', 'test-editor.mjs')],
  minutes: 20,
  skip: editorSkipReason(),
});

const editorSkipReason = () => {
  if (!holds('test/editor/suites', /\.test\.ts$/)) return 'no editor tests in the tree';
  if (!existsSync(path.join(cache.codeServer, 'package.json'))) return 'code-server is not in the cache';
  return undefined;
};

/** Whether a folder of the clone holds, at any depth, a file of such a name. */
const holds = (folder, name) =>
  existsSync(inRepository(folder)) &&
  readdirSync(inRepository(folder), { recursive: true }).some((file) => name.test(path.basename(file)));
