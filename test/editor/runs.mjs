// Which suites run in which window. Each entry is a VS Code of its own, on a fresh copy of the examples.
import { installVsix } from '../../scripts/lib/code-server.mjs';
import { vsixFile } from '../../scripts/lib/package-extension.mjs';
import { inRepository } from '../../scripts/lib/repository.mjs';
import { copyExamples } from './driver/workspace.mjs';

/** @type {readonly import('./driver/run-in-editor.mjs').EditorRun[]} */
export const runs = [
  {
    name: 'clone',
    suites: ['extension', 'language', 'pages', 'applications', 'road', 'requests', 'coverage', 'task'],
    trusted: true,
    minutes: 8,
    development: inRepository(),
    prepareWorkspace: copyExamples,
  },
  {
    name: 'untrusted',
    suites: ['extension', 'untrusted'],
    trusted: false,
    minutes: 3,
    development: inRepository(),
    prepareWorkspace: copyExamples,
  },
  {
    // What is bundled is what runs: nothing of the clone is at hand but the suites. Features are the same in both.
    name: 'installed',
    suites: ['extension', 'road', 'task'],
    trusted: true,
    minutes: 8,
    install: (folders) => installVsix(vsixFile(), folders),
    prepareWorkspace: copyExamples,
  },
];
