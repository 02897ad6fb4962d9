// VS Code as it is on vscode.dev: a page and a worker, no machine behind them. The workbench is the one that code-server brings; a
// small server of ours hands out its files, the extension and the suite.
import { readFileSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { cache } from '../../../scripts/setup/cache.mjs';
import { settings } from './vscode-server.mjs';

/** What a browser has to be told of a file. */
const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
};

/** The workbench as a module, below the server's files. */
const WORKBENCH = '/vscode/out/vs/code/browser/workbench/workbench.js';

/** What code-server changes in the workbench of vscode.dev, and the original: a machine is always there, and keeps the settings. */
const ORIGINALS = [
  [/remoteAuthority:location\.host/, 'remoteAuthority:undefined'],
  [/(get userRoamingDataHome\(\)\{return [^}]*scheme:\w+\.)vscodeRemote/, '$1vscodeUserData'],
];

/**
 * @typedef {object} WebHost
 * @property {string} address of the page
 * @property {Promise<import('../../../scripts/test/report.mjs').Report>} report what the suite reports when it ends
 * @property {() => Promise<void>} stop
 */

/**
 * Serves the page on a free loopback port.
 *
 * @param {{suite: string, extension: string}} options `suite` is the compiled module with `run()`, which has to lie in
 *   the extension's folder: whose host runs it is decided by that
 * @returns {Promise<WebHost>}
 */
export const startWebHost = async ({ suite, extension }) => {
  const folders = {
    vscode: path.join(cache.codeServer, 'lib', 'vscode'),
    extension,
  };
  const workbench = originalWorkbench(folders.vscode);
  let settle;
  const report = new Promise((resolve) => {
    settle = resolve;
  });
  const server = http.createServer((request, response) => {
    // The extension host is a worker of an origin of its own.
    response.setHeader('Access-Control-Allow-Origin', '*');
    const { pathname } = new URL(request.url, 'http://localhost');
    if (pathname === '/')
      return answer(response, 200, '.html', page(server.address().port, path.relative(extension, suite)));
    if (pathname === '/report') {
      void bodyOf(request).then((body) => settle(JSON.parse(body)));
      return answer(response, 204, '.json', '');
    }
    if (pathname === WORKBENCH) return answer(response, 200, '.js', workbench);
    const file = fileOf(folders, decodeURIComponent(pathname));
    return file === undefined
      ? answer(response, 404, '.html', 'nothing here')
      : answer(response, 200, path.extname(file), readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    report,
    stop: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
};

/**
 * The workbench without what code-server has changed.
 *
 * @throws {Error} where code-server has changed it in another way
 */
const originalWorkbench = (folder) => {
  const text = readFileSync(path.join(folder, WORKBENCH.replace('/vscode/', '')), 'utf8');
  return ORIGINALS.reduce((changed, [pattern, original]) => {
    if (!pattern.test(changed))
      throw new Error(`code-server's workbench has no ${pattern}: see what its patches change now`);
    return changed.replace(pattern, original);
  }, text);
};

const answer = (response, status, extension, body) => {
  response.writeHead(status, { 'Content-Type': TYPES[extension] ?? 'application/octet-stream' });
  response.end(body);
};

const bodyOf = async (request) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
};

/** The file of a path such as `/vscode/out/nls.messages.js`; undefined where there is none below its folder. */
const fileOf = (folders, pathname) => {
  const [, name, ...rest] = pathname.split('/');
  const folder = folders[name];
  const file = folder && path.join(folder, ...rest);
  const isBelow = file?.startsWith(folder + path.sep);
  return isBelow && statSync(file, { throwIfNoEntry: false })?.isFile() ? file : undefined;
};

/** The workbench's page, with what it is configured by. */
const page = (port, suite) => {
  const at = (place) => ({ scheme: 'http', authority: `127.0.0.1:${port}`, path: place });
  const configuration = {
    userDataPath: '/data',
    isEnabledFileDownloads: true,
    isEnabledFileUploads: true,
    isEnabledCoderGettingStarted: false,
    folderUri: { scheme: 'tmp', path: '/site' },
    developmentOptions: { extensions: [at('/extension')], extensionTestsPath: at(`/extension/${suite}`) },
    configurationDefaults: { ...settings, 'security.workspace.trust.enabled': false },
    // The worker's page is ours too, not one from the network.
    webEndpointUrlTemplate: `http://127.0.0.1:${port}/vscode`,
  };
  const attribute = JSON.stringify(configuration).replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<!DOCTYPE html>
<html>
  <head>
    <meta charset="utf-8" />
    <meta id="vscode-workbench-web-configuration" data-settings="${attribute}" />
    <meta id="vscode-workbench-web-base-url" data-settings="/vscode" />
    <meta id="vscode-workbench-auth-session" data-settings="" />
    <link rel="stylesheet" href="/vscode/out/vs/code/browser/workbench/workbench.css" />
  </head>
  <body aria-label=""></body>
  <script>globalThis._VSCODE_FILE_ROOT = new URL('/vscode/out/', location).toString();</script>
  <script type="module" src="/vscode/out/nls.messages.js"></script>
  <script type="module" src="${WORKBENCH}"></script>
</html>
`;
};
