import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { serve } from './support/launcher';
import { hasEnvironment, identityOptions, moduleRows } from './support/machine';
import { scratchFolder } from './support/scratch';

const APPLICATIONS = path.join(__dirname, 'applications');

const project = (): string => {
  const folder = scratchFolder();
  for (const name of ['plain.wsgi', 'failing.wsgi'])
    copyFileSync(path.join(APPLICATIONS, name), path.join(folder, name));
  return folder;
};

/** Numbers of the lines whose code starts with one of the texts. */
const linesOf = (source: string, ...texts: readonly string[]): number[] =>
  source
    .split('\n')
    .flatMap((line, index) => (texts.some((text) => line.trim().startsWith(text)) ? [index + 1] : []));

/** The lines that coverage's page of a file marks in that way. */
const marked = (directory: string, mark: 'run' | 'mis'): number[] => {
  const page = readdirSync(directory).find((name) => name.includes('failing')) ?? '';
  const html = readFileSync(path.join(directory, page), 'utf8');
  return [...html.matchAll(/<p class="(\w+)[^"]*"><span class="n"><a id="t(\d+)"/g)]
    .filter((match) => match[1] === mark)
    .map((match) => Number(match[2]));
};

for (const { name, module, missing } of moduleRows) {
  describe(`debug mode with the ${name} module`, () => {
    if (!module) {
      it.skip(`left out: ${missing}`, () => {});
      return;
    }

    it('serves one request at a time on the main thread, with the working directory first on sys.path', async () => {
      const cwd = project();
      const elsewhere = path.join(cwd, 'elsewhere');
      mkdirSync(elsewhere);
      writeFileSync(path.join(elsewhere, 'helper.py'), 'VALUE = 1\n');
      writeFileSync(
        path.join(cwd, 'needs.wsgi'),
        `import helper\nexec(open(${JSON.stringify(`${cwd}/plain.wsgi`)}).read())\n`,
      );
      const server = await serve(['needs.wsgi', '--debug-mode', '--working-directory=elsewhere'], {
        cwd,
        module,
      });
      const facts = JSON.parse((await server.get('/')).body);
      expect(facts).toMatchObject({
        cwd: elsewhere,
        mainThread: true,
        multithread: false,
        multiprocess: false,
      });
      expect(facts.path.filter((entry: string) => entry === elsewhere)).toEqual([elsewhere]);
      expect(facts.path[0]).toBe(elsewhere);
    });

    it.each([
      ['/call', 'p x', '42', 500],
      ['/iteration', 'p y', '43', 500],
      ['/close', 'p z', '44', 200],
    ])('opens pdb where %s raises', async (where, command, answer, status) => {
      const server = await serve(['failing.wsgi', '--enable-debugger'], { cwd: project(), module });
      const response = server.get(where);
      await server.until(/\(Pdb\) $/);
      expect(server.stdout).toMatch(/-> raise \w+Error\("in /);
      server.type(command);
      await server.until(new RegExp(`${answer}\\s+\\(Pdb\\) $`));
      server.type('q');
      expect((await response).status).toBe(status);
      expect(await server.get('/')).toMatchObject({ status: 200, body: 'fine' });
      expect(await server.stop()).toBe(0);
      expect(server.stderr).toContain('exit functions ran');
    });

    it('lets SystemExit pass', async () => {
      const server = await serve(['failing.wsgi', '--enable-debugger'], { cwd: project(), module });
      expect((await server.get('/exit')).status).toBe(500);
      expect(server.stdout).not.toContain('(Pdb)');
    });

    it('lets a request go that waits in pdb when the server is stopped', async () => {
      const server = await serve(['failing.wsgi', '--enable-debugger'], { cwd: project(), module });
      const response = server.get('/call');
      await server.until(/\(Pdb\) $/);
      expect(await server.stop()).toBe(0);
      expect((await response).status).toBe(500);
      expect(server.stderr).toContain('exit functions ran');
    });

    it.skipIf(!hasEnvironment).each(['prefork', 'worker', 'event'])(
      'reports the lines that requests ran, with the %s MPM',
      async (mpm) => {
        const cwd = project();
        const words = [
          'failing.wsgi',
          '--enable-coverage',
          '--coverage-directory=report',
          `--server-mpm=${mpm}`,
        ];
        const server = await serve(words, { cwd, module });
        for (const where of ['/', '/iteration', '/close']) await server.get(where).catch(() => {});
        expect(await server.stop()).toBe(0);

        const report = path.join(cwd, 'report');
        expect(existsSync(path.join(report, 'index.html'))).toBe(true);
        const source = readFileSync(path.join(cwd, 'failing.wsgi'), 'utf8');
        expect(marked(report, 'run')).toEqual(
          expect.arrayContaining(
            linesOf(source, 'x = 42', 'start_response(', 'yield', 'z = 44', 'return [b'),
          ),
        );
        expect(marked(report, 'mis')).toEqual(
          linesOf(source, 'raise ValueError', 'raise SystemExit', 'return "not'),
        );
        if (identityOptions.length > 0) expect(statSync(report).uid).not.toBe(0);
      },
    );
  });
}
