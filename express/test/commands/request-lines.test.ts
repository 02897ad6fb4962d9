import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../../common/src/ports';
import { bundledLauncher } from '../support/bundle';
import { serve } from '../support/launcher';
import { anyModule, identityOptions, python } from '../support/machine';
import { scratchFolder } from '../support/scratch';
import { run } from './support/command';

const project = (): string => {
  const folder = scratchFolder();
  for (const name of ['plain.wsgi', 'failing.wsgi'])
    copyFileSync(path.join(__dirname, '../applications', name), path.join(folder, name));
  writeFileSync(path.join(folder, 'broken.py'), 'import nowhere\n');
  return folder;
};

interface Played {
  readonly status: number;
  readonly output: string;
}

/** Starts a server on a terminal, asks for pages one after the other, and types Ctrl-C. */
const onTerminal = async (
  urlPaths: readonly string[],
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  script = 'failing.wsgi',
): Promise<Played> => {
  const port = await freePort();
  const steps: unknown[] = [];
  let seen = 'Listening on';
  for (const urlPath of urlPaths) {
    steps.push([seen, { get: `http://127.0.0.1:${port}${urlPath}` }]);
    seen = `${urlPath}`;
  }
  steps.push([script === 'broken.py' ? 'could not be loaded' : seen, '\u0003']);
  const { stdout } = await run(
    'python3',
    [
      path.join(__dirname, '../support/terminal.py'),
      JSON.stringify(steps),
      ...[process.execPath, await bundledLauncher(), 'start-server', script, '--host=127.0.0.1'],
      ...[`--port=${port}`, `--python=${python.executable}`, `--module-path=${anyModule}`],
      ...identityOptions,
      ...words,
    ],
    { cwd: project(), environment: { TERM: 'xterm', NO_COLOR: '', ...environment } },
  );
  return JSON.parse(stdout) as Played;
};

describe('on a terminal', () => {
  it('shows each request: when, how it went, how long it took', async () => {
    const { status, output } = await onTerminal(['/first?q=1', '/call'], [], { NO_COLOR: '1' });
    expect(status).toBe(0);
    expect(output).toMatch(/^\d\d:\d\d:\d\d 200 GET +\d+(\.\d)? m?s +\d+ B {2}\/first\?q=1\r$/m);
    expect(output).toMatch(/^\d\d:\d\d:\d\d 500 GET .* {2}\/call\r$/m);
    expect(output).not.toContain('\u001b[');
  });

  it('colours the status', async () => {
    const { output } = await onTerminal(['/coloured'], [], {});
    expect(output).toContain('\u001b[32m200\u001b[0m GET');
  });

  it('shows what the application raised without what Apache puts in front of it', async () => {
    const { output } = await onTerminal(['/call'], [], { NO_COLOR: '1' });
    expect(output).toMatch(/^ValueError: in the call\r$/m);
    expect(output).not.toContain('resuming normal operations');
  });

  it('says what it means that the application cannot be loaded', async () => {
    const { status, output } = await onTerminal([], ['--python-path=.'], { NO_COLOR: '1' }, 'broken.py');
    expect(status).toBe(0);
    expect(output).toMatch(/^ModuleNotFoundError: No module named 'nowhere'\r$/m);
  });

  it('leaves the lines to --access-log where that is chosen', async () => {
    const { output } = await onTerminal(['/chosen'], ['--access-log'], { NO_COLOR: '1' });
    expect(output).toMatch(/"GET \/chosen HTTP\/1\.1" 200/);
    expect(output).not.toMatch(/^\d\d:\d\d:\d\d 200 GET/m);
  });
});

describe('into a file or a pipe', () => {
  it('writes no request lines', async () => {
    const server = await serve(['plain.wsgi'], { cwd: project() });
    await server.get('/quiet');
    expect(await server.stop()).toBe(0);
    expect(server.stdout).not.toContain('/quiet');
  });
});
