import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { runToEnd, serve } from './support/launcher';
import { scratchFolder } from './support/scratch';

/** A reference to a variable, as httpd writes one. */
const reference = (name: string): string => `$\{${name}}`;

/** Pieces that mean something to httpd, to a shell, to Python or to its search path; never a colon or a slash. */
const piece = fc.constantFrom(
  ...[
    '"',
    "'",
    '\\',
    reference('HOME'),
    reference('NOPE'),
    '$',
    '{',
    '}',
    '%{HTTP_HOST}',
    '%h',
    '<',
    '>',
    '</Location>',
    '#',
    ' ',
    '\t',
  ],
  ...[
    'ä',
    '日本',
    '`id`',
    '$(id)',
    ';',
    '|',
    '*',
    '?',
    '[a]',
    '~',
    '=',
    ',',
    'Require',
    '\u00a0',
    '\u000b',
    '😀',
  ],
);
const folderName = fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => `a${pieces.join('')}`);

it('serves from folders with hostile names, and the application sees the names as they are', async () => {
  await fc.assert(
    fc.asyncProperty(folderName, folderName, async (first, second) => {
      const cwd = path.join(scratchFolder(), first);
      const extra = path.join(cwd, second);
      mkdirSync(extra, { recursive: true });
      copyFileSync(path.join(__dirname, 'applications', 'plain.wsgi'), path.join(cwd, `${second}.wsgi`));
      const root = path.join(cwd, 'root');
      const words = [`${second}.wsgi`, `--server-root=${root}`, `--python-path=${extra}`];
      // For a supervised launcher a word means what it says; and sockets need a short path.
      const server = await serve([...words, '--socket-prefix=/tmp'], {
        cwd,
        environment: { MOD_WSGI_EXPRESS_SUPERVISED: '1' },
      });
      const facts = JSON.parse((await server.get('/')).body);
      expect(facts.cwd).toBe(cwd);
      expect(facts.path.slice(0, 2)).toEqual([cwd, extra]);
      expect(await server.stop()).toBe(0);
    }),
    { numRuns: 12 },
  );
});

it.each(['\n', '\r\n', '\r'])('refuses a name with the line end %j', async (lineEnd) => {
  const cwd = path.join(scratchFolder(), `a${lineEnd}Listen 1`);
  mkdirSync(cwd);
  copyFileSync(path.join(__dirname, 'applications', 'plain.wsgi'), path.join(cwd, 'app.wsgi'));
  const { status, stderr } = await runToEnd(['app.wsgi', '--port=0'], { cwd });
  expect(status).toBe(1);
  expect(stderr).toContain('contains a line end or a NUL character');
});

it('refuses a directory with a colon on the search path', async () => {
  const cwd = path.join(scratchFolder(), 'a:b');
  mkdirSync(cwd);
  copyFileSync(path.join(__dirname, 'applications', 'plain.wsgi'), path.join(cwd, 'app.wsgi'));
  const { status, stderr } = await runToEnd(['app.wsgi', '--port=0'], { cwd });
  expect(status).toBe(1);
  expect(stderr).toContain('has a colon in its name');
});

it('a quote in --host injects nothing', async () => {
  const cwd = scratchFolder();
  copyFileSync(path.join(__dirname, 'applications', 'plain.wsgi'), path.join(cwd, 'app.wsgi'));
  const { status, stderr } = await runToEnd(['app.wsgi', '--port=0', '--host=127.0.0.1" "x'], { cwd });
  expect(status).toBe(1);
  expect(stderr).toContain('[host-unknown]');
});
