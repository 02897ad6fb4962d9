import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { writeJson } from '../../../scripts/lib/json.mjs';
import { inRepository } from '../../../scripts/lib/repository.mjs';
import { cache } from '../../../scripts/setup/cache.mjs';

/**
 * Fills a folder with the examples, as the demo has them, and points them at the Python that has Flask and Django.
 *
 * @param {string} folder
 */
export const copyExamples = (folder) => {
  mkdirSync(folder, { recursive: true });
  cpSync(inRepository('examples'), folder, {
    recursive: true,
    filter: (file) => !file.endsWith('__pycache__'),
  });
  writeJson(path.join(folder, '.vscode', 'settings.json'), { 'mod_wsgi.python': cache.python });
};
