import { existsSync } from 'node:fs';
import { readJson } from './json.mjs';
import { run } from './process.mjs';
import { inRepository, repositoryRoot } from './repository.mjs';
import { ScriptError } from './script-error.mjs';

const TIMEOUT_MS = 5 * 60_000;

/** Where the package of the current version lies once it is made. */
export const vsixFile = () =>
  inRepository('dist', `mod-wsgi-${readJson(inRepository('package.json')).version}.vsix`);

/**
 * Builds for production and packs the extension.
 *
 * @returns {Promise<string>} the vsix
 * @throws {ScriptError} with the tool's output, when a step fails
 */
export const packageExtension = async () => {
  await step(process.execPath, [inRepository('scripts', 'build.mjs'), '--production']);
  if (!existsSync(inRepository('dist', 'debugpy')))
    console.warn('Packed without debugpy: run node scripts/setup.mjs where PyPI can be reached to have it.');
  // Everything is bundled, so node_modules stay out; links in the README are relative and there is no repository to point to.
  const packaging = [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
  ];
  await step(inRepository('node_modules', '.bin', 'vsce'), [...packaging, '--out', vsixFile()]);
  return vsixFile();
};

const step = async (command, args) => {
  const { code, output } = await run(command, args, { cwd: repositoryRoot, timeoutMs: TIMEOUT_MS });
  if (code !== 0)
    throw new ScriptError(
      `The package could not be made: ${command} ${args.join(' ')} said\n${output.trim()}`,
      'Mend what it names and run npm run package again.',
    );
};
