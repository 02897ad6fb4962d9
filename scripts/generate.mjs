// Writes what is generated from the tables in common/: the launch schema of the manifest and the tables of the
// documentation. With --check it writes nothing and fails where a file is not what the tables say.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const check = process.argv.includes('--check');

/** The tables, which are TypeScript. */
const load = async (entry) => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'mod-wsgi-generate-'));
  try {
    const outfile = path.join(folder, 'tables.mjs');
    await build({
      entryPoints: [entry],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

/** Replaces what stands between `<!-- name -->` and `<!-- /name -->`. */
const fillBlock = (text, name, content) => {
  const block = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!block.test(text)) throw new Error(`no block "${name}" to fill`);
  return text.replace(block, (_, start, end) => `${start}${content}\n${end}`);
};

const { attachAttributesTable, attachSchema, launchAttributesTable, launchSchema } =
  await load('common/src/manifest.ts');
const { expressOptionsPage } = await load('common/src/express-options-page.ts');

const { ruleLevels, rulePages, rulesTable } = await load('server/src/rules/documentation.ts');

/** The schema of `mod_wsgi.rules`: a level for each rule. */
const ruleSettings = (levels) =>
  Object.fromEntries(
    levels.map(({ id, summary, severity }) => [
      id,
      { enum: ['off', 'error', 'warning', 'information', 'hint'], default: severity, description: summary },
    ]),
  );

const generated = {
  'package.json': (text) => {
    const manifest = JSON.parse(text);
    manifest.contributes.debuggers[0].configurationAttributes = {
      launch: launchSchema(),
      attach: attachSchema(),
    };
    manifest.contributes.configuration.properties['mod_wsgi.rules'].properties = ruleSettings(ruleLevels());
    return `${JSON.stringify(manifest, null, 2)}\n`;
  },
  'docs/express-options.md': (text) => fillBlock(text, 'express-options', expressOptionsPage()),
  'docs/attach.md': (text) => fillBlock(text, 'attach-attributes', attachAttributesTable()),
  'docs/debugging.md': (text) => fillBlock(text, 'launch-attributes', launchAttributesTable()),
  'docs/language-server.md': (text) => fillBlock(text, 'rules', rulesTable()),
  ...Object.fromEntries(
    Object.entries(rulePages()).map(([name, page]) => [path.join('docs', 'rules', name), () => page]),
  ),
};

let stale = 0;
for (const [file, make] of Object.entries(generated)) {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const after = make(before);
  if (after === before) continue;
  if (check) {
    console.error(`${file} is not what the tables say: run "npm run generate"`);
    stale++;
  } else {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, after);
    console.log(`wrote ${file}`);
  }
}
process.exitCode = stale > 0 ? 1 : 0;
