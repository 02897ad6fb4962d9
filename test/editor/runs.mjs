// Which suites run in which window. Each entry is a VS Code of its own.
import { inRepository } from '../../scripts/lib/repository.mjs';
import { copyExamples } from './driver/workspace.mjs';

/** @type {readonly import('./driver/run-in-editor.mjs').EditorRun[]} */
export const runs = [
  {
    name: 'clone',
    suites: ['extension'],
    trusted: true,
    minutes: 6,
    development: inRepository(),
    prepareWorkspace: copyExamples,
  },
];
