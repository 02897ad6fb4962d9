import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleServer, type ServerBundle } from './support/bundle';

/** Whether a program can be started. */
const isThere = (program: string, ...args: string[]): boolean => spawnSync(program, args).status === 0;

const hasNeovim = isThere('nvim', '--version');
const hasEglot = isThere('emacs', '--batch', '--eval', "(progn (package-initialize) (require 'eglot))");

const SITE =
  'WSGIDaemonProcess shop threads=5\nWSGIScriptAlias / /srv/shop.wsgi process-group=shpo\nWSGIProcessGroup \n';

/** Other editors, as docs/editors.md tells to set them up. */
describe('in another editor', () => {
  let bundle: ServerBundle;
  let folder: string;

  beforeAll(async () => {
    bundle = await bundleServer();
    chmodSync(bundle.file, 0o755);
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'editors-')));
    mkdirSync(path.join(folder, 'sites-available'));
    writeFileSync(path.join(folder, 'apache2.conf'), 'Listen 80\nInclude sites-available/*.conf\n');
    writeFileSync(path.join(folder, 'sites-available', 'shop.conf'), SITE);
  });

  afterAll(() => {
    bundle?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs an editor without a screen, with its settings and history in the test's folder. */
  const run = (program: string, script: string, args: (file: string) => readonly string[]): string => {
    const file = path.join(folder, `script-${program}`);
    writeFileSync(file, script.replaceAll('SERVER', bundle.file).replaceAll('FOLDER', folder));
    const end: SpawnSyncReturns<string> = spawnSync(program, args(file), {
      encoding: 'utf8',
      timeout: 50_000,
      env: { ...process.env, HOME: folder, XDG_STATE_HOME: folder, XDG_CACHE_HOME: folder },
    });
    return end.stdout + end.stderr;
  };

  const expectAnswers = (output: string): void => {
    expect(output).toContain('No daemon group `shpo` is declared. Did you mean `shop`?');
    expect(output).toContain('/srv/shop.wsgi');
    expect(output).toMatch(/completion: shop /);
  };

  test.skipIf(!hasNeovim)('Neovim shows findings, hover and completion (skipped without nvim)', () => {
    const script = `
vim.cmd('edit FOLDER/sites-available/shop.conf')
local id = vim.lsp.start_client({
  name = 'mod_wsgi', cmd = { 'SERVER', '--stdio' }, root_dir = 'FOLDER', init_options = { trusted = true },
})
vim.lsp.buf_attach_client(0, id)
vim.wait(20000, function() return #vim.diagnostic.get(0) > 1 end)
for _, found in ipairs(vim.diagnostic.get(0)) do print(found.message) end
local function ask(method, line, character)
  local position = { line = line, character = character }
  local params = { textDocument = { uri = vim.uri_from_bufnr(0) }, position = position }
  return vim.lsp.buf_request_sync(0, method, params, 20000)[id].result
end
print(ask('textDocument/hover', 1, 3).contents.value)
local labels = {}
for _, item in ipairs(ask('textDocument/completion', 2, 17)) do labels[#labels + 1] = item.label end
print('completion: ' .. table.concat(labels, ' '))
vim.lsp.stop_client(id, true)
vim.cmd('qa!')
`;
    expectAnswers(run('nvim', script, (file) => ['--headless', '-u', 'NONE', '-c', `luafile ${file}`]));
  });

  test.skipIf(!hasEglot)('Emacs does by Eglot (skipped without emacs and eglot)', () => {
    const script = `
(package-initialize)
(require 'eglot)
(define-derived-mode apache-mode conf-unix-mode "Apache")
(add-to-list 'eglot-server-programs
             '(apache-mode . ("SERVER" "--stdio" :initializationOptions (:trusted t))))
(setq eglot-sync-connect 20)
(find-file "FOLDER/sites-available/shop.conf")
(apache-mode)
(apply #'eglot (eglot--guess-contact))
(let ((turns 0))
  (while (and (< turns 100) (< (length (flymake-diagnostics)) 2))
    (accept-process-output nil 0.2)
    (flymake-start)
    (setq turns (1+ turns))))
(dolist (found (flymake-diagnostics)) (message "%s" (flymake-diagnostic-text found)))
(goto-char (point-min))
(search-forward "WSGIScriptAli")
(message "%S" (jsonrpc-request (eglot--current-server-or-lose) :textDocument/hover
                               (eglot--TextDocumentPositionParams)))
(search-forward "WSGIProcessGroup ")
(message "completion: %s"
         (mapconcat #'substring-no-properties
                    (all-completions "" (nth 2 (eglot-completion-at-point))) " "))
(eglot-shutdown (eglot--current-server-or-lose))
`;
    expectAnswers(run('emacs', script, (file) => ['--batch', '-l', file]));
  });
});
