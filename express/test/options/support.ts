import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { describe } from 'vitest';
import { readModuleFeatures } from '../../../common/src/runtime/module-features';
import { runToEnd } from '../support/launcher';
import { moduleRows } from '../support/machine';
import { scratchFolder } from '../support/scratch';

/** What applications/options.wsgi tells. */
export interface Facts {
  readonly environ: Readonly<Record<string, string>>;
  readonly variables: Readonly<Record<string, string>>;
  readonly group: string;
  readonly interpreter: string;
  readonly pid: number;
  readonly gid: number;
  readonly cwd: string;
  readonly path: readonly string[];
  readonly warnings: readonly string[];
  readonly switchInterval: number;
  readonly multiprocess: boolean;
  readonly length: number | null;
  readonly digest: string | null;
}

/** A folder with the application as `app.wsgi`, and other files by their names. */
export const project = (files: Readonly<Record<string, string>> = {}): string => {
  const folder = scratchFolder();
  copyFileSync(path.join(__dirname, '..', 'applications', 'options.wsgi'), path.join(folder, 'app.wsgi'));
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, { mode: name.endsWith('.cgi') ? 0o755 : 0o644 });
  }
  return folder;
};

/** A request, in as much as it differs from a plain GET. */
export interface Ask {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly tls?: https.AgentOptions;
}

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** Asks a server on this machine; the connection is not kept. */
export const ask = (port: number, url: string, { method, headers, body, tls }: Ask = {}): Promise<Reply> =>
  new Promise((resolve, reject) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: url,
      method: method ?? 'GET',
      headers: headers ?? {},
      timeout: 20_000,
    };
    const answer = (response: http.IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
        }),
      );
    };
    const request = tls
      ? https.request({ ...options, agent: new https.Agent(tls) }, answer)
      : http.request({ ...options, agent: false }, answer);
    request.on('timeout', () => request.destroy(new Error('no answer within 20 s')));
    request.on('error', reject);
    request.end(body);
  });

/** Asks applications/options.wsgi for its facts. */
export const facts = async (port: number, url = '/', request: Ask = {}): Promise<Facts> => {
  const reply = await ask(port, url, request);
  if (reply.status !== 200) throw new Error(`${url}: ${reply.status}\n${reply.body}`);
  return JSON.parse(reply.body) as Facts;
};

/** The modules that know a directive, and so can be tested with what needs it. */
export const modulesThatKnow = (word: string) =>
  Promise.all(
    moduleRows.map(async (row) => {
      if (!row.module || (await readModuleFeatures(row.module)).knows(word)) return row;
      return { ...row, module: undefined, missing: `it has no ${word}` };
    }),
  );

/** Ours, or the distribution's where it cannot be built, and that of PyPI: each option has to work with both. */
const bothModules = [['bundled', 'distribution'], ['pip']].map((names) => {
  const rows = names.flatMap((name) => moduleRows.filter((row) => row.name === name));
  return rows.find(({ module }) => module) ?? rows[0];
});

/** Describes what holds with either of two modules. */
export const describeWithBoth = (title: string, body: (using: { readonly module: string }) => void): void => {
  for (const row of bothModules)
    describe.skipIf(!row?.module)(
      `${title}, with the ${row?.name} module${row?.module ? '' : ` (left out: ${row?.missing})`}`,
      () => body({ module: row?.module ?? '' }),
    );
};

/** Writes a server root without starting the server, and reads its configuration. */
export const generated = async (
  words: readonly string[],
  cwd = project(),
  module?: string,
): Promise<{ configuration: string; root: string; stderr: string }> => {
  const root = path.join(cwd, 'root');
  const result = await runToEnd(['app.wsgi', '--setup-only', '--server-root=root', '--port=8123', ...words], {
    cwd,
    ...(module ? { module } : {}),
  });
  if (result.status !== 0) throw new Error(`${result.stdout}\n${result.stderr}`);
  return { configuration: readFileSync(path.join(root, 'httpd.conf'), 'utf8'), root, stderr: result.stderr };
};
