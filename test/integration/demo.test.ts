import path from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';

const demo = path.resolve(__dirname, '..', '..', 'scripts', 'demo.mjs');
const MINUTE = 60_000;

describe('npm run demo', () => {
  it('starts an editor that answers and has the extension', { timeout: 5 * MINUTE }, async () => {
    const { stdout } = await execa('node', [demo, '--check', '--port', '18080'], { timeout: 5 * MINUTE });
    expect(stdout).toMatch(/The editor is at {2}http:\/\/127\.0\.0\.1:\d+\/\?folder=\//);
    expect(stdout).toMatch(/Open flask\/app\.py and press F5/);
    expect(stdout).toMatch(/demo: works at http:\/\/127\.0\.0\.1:\d+\/ with mod-wsgi\.mod-wsgi/);
  });

  it.each([
    [['--port', 'eighty'], '--port eighty is not a port.'],
    [['--example', 'rails'], 'There is no example rails.'],
  ])('refuses %j before it installs anything', async (args, message) => {
    const result = await execa('node', [demo, ...args], { reject: false });
    expect(result.exitCode).toBe(1);
    expect(result.stderr).toContain(message);
    expect(result.stdout).toBe('');
  });
});
