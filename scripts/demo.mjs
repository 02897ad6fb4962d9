// npm run demo: from a clean clone to an editor in the browser on the example applications.
//   --port 8080       where the editor answers; the next free one is taken
//   --example flask   open only this example (flask, django, plain)
//   --no-open         do not open a browser
//   --check           start, see that the page answers and the extension is installed, stop (for the tests)
import path from 'node:path';
import { parseArgs } from 'node:util';
import { answers, freePortFrom, installedExtensions, prepareEditor, startEditor } from './demo/editor.mjs';
import { demoWorkspace, fillWorkspace } from './demo/workspace.mjs';
import { packageExtension } from './lib/package-extension.mjs';
import { endAllOnExit, start, which } from './lib/process.mjs';
import { runMain, ScriptError } from './lib/script-error.mjs';
import { temporaryFolder } from './lib/temporary-folder.mjs';
import { cache } from './setup/cache.mjs';
import { setUp } from './setup/index.mjs';

/** Example → the file to open in it. */
const examples = { flask: 'app.py', django: 'bookshop/wsgi.py', plain: 'app.wsgi' };

await runMain(async () => {
  endAllOnExit();
  const options = readOptions();
  await setUp('demo');
  console.log('demo: bundling and packing the extension');
  const vsix = await packageExtension();
  return options.check ? check(vsix, options) : show(vsix, options);
});

function readOptions() {
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: '8080' },
      example: { type: 'string' },
      'no-open': { type: 'boolean', default: false },
      check: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new ScriptError(`--port ${values.port} is not a port.`, 'Use a number from 1024 to 65535.');
  if (values.example !== undefined && !(values.example in examples))
    throw new ScriptError(
      `There is no example ${values.example}.`,
      `The examples are: ${Object.keys(examples).join(', ')}.`,
    );
  return { port, example: values.example, openBrowser: !values['no-open'], check: values.check };
}

/** Opens the editor and stays until it, or the user, ends. */
async function show(vsix, options) {
  const { editor, address } = await open(vsix, { ...options, state: cache.demo, workspace: demoWorkspace() });
  if (options.openBrowser && (process.env.DISPLAY || process.env.WAYLAND_DISPLAY) && which('xdg-open'))
    start('xdg-open', [address], { stdio: 'ignore' });
  return editor.ended;
}

/** The same in a folder of its own, without a person: looks whether it works, and ends it. */
async function check(vsix, options) {
  const scratch = temporaryFolder('demo-check');
  const state = scratch.path;
  const { editor, address } = await open(vsix, {
    ...options,
    state,
    workspace: path.join(state, 'workspace'),
  });
  try {
    if (!(await answers(address))) throw new Error(`${address} does not answer`);
    const extensions = await installedExtensions(state);
    if (!extensions.includes('mod-wsgi.mod-wsgi'))
      throw new Error(`installed are only: ${extensions.join(', ')}`);
    console.log(`demo: works at ${editor.address} with ${extensions.join(', ')}`);
    return 0;
  } finally {
    await editor.stop();
    scratch.remove();
  }
}

/** Installs the extension, starts the editor on the examples and says what to do there. */
async function open(vsix, { state, workspace, port, example }) {
  fillWorkspace(workspace);
  console.log('demo: installing the extension into the editor');
  await prepareEditor(vsix, state);
  const folder = example ? path.join(workspace, example) : workspace;
  const editor = await startEditor({ state, workspace: folder, port: await freePortFrom(port) });
  // Naming the folder keeps the browser from reopening the one of an earlier demo.
  const address = `${editor.address}?folder=${encodeURI(folder)}`;
  console.log(whatToDo(address, example));
  return { editor, address };
}

function whatToDo(address, example) {
  const file = example ? examples[example] : `flask/${examples.flask}`;
  return `
The editor is at  ${address}

  1. Open ${file} and press F5: Apache starts, its address stands in the debug console.
  2. Request that address with /fail: the editor stops in the failing line; F5 lets the request go on.
  3. Shift+F5 stops Apache.${example ? '' : ' Then open apache/shop-with-mistakes.conf.'}

Ctrl-C here ends the editor and everything it started.
`;
}
