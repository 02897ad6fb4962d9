import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../../common/src/executables';
import { runToEnd, serve } from './support/launcher';
import { hasEnvironment, moduleRows, python } from './support/machine';
import { areBatch } from './support/processes';
import { scratchFolder } from './support/scratch';

const APPLICATIONS = path.join(__dirname, 'applications');

const hasChrt = findProgram('chrt') !== undefined;

/** A folder with copies of the test applications. */
const project = (): string => {
  const folder = scratchFolder();
  for (const name of ['plain.wsgi', 'flask_application.py'])
    copyFileSync(path.join(APPLICATIONS, name), path.join(folder, name));
  return folder;
};

for (const { name, module, missing } of moduleRows) {
  describe(`start-server with the ${name} module`, () => {
    if (!module) {
      it.skip(`left out: ${missing}`, () => {});
      return;
    }

    it('serves a script with the packages of the environment', async () => {
      const cwd = project();
      const server = await serve(['plain.wsgi'], { cwd, module });
      const { status, body } = await server.get('/where/am/i');
      const facts = JSON.parse(body);
      expect(status).toBe(200);
      expect(facts).toMatchObject({
        cwd,
        prefix: python.prefix,
        scriptName: '',
        pathInfo: '/where/am/i',
        multithread: true,
        multiprocess: false,
        encoding: 'utf-8',
      });
      expect(facts.path[0]).toBe(cwd);
      if (hasEnvironment) expect(facts.path).toContain(python.sitePackages);
      expect(await server.stop()).toBe(0);
    });

    it.skipIf(!hasEnvironment)('serves a Flask application by the name of its module', async () => {
      const server = await serve(['flask_application', '--application-type=module'], {
        cwd: project(),
        module,
      });
      expect(await server.get('/hello/world')).toMatchObject({ status: 200, body: 'hello world' });
    });

    it.skipIf(!hasChrt)('lets its processes run as batch work (skipped without chrt)', async () => {
      const server = await serve(['plain.wsgi'], { cwd: project(), module });
      await server.get('/');
      const batch = areBatch(`-f ${server.serverRoot}/httpd.conf`.replaceAll(' ', '\0'));
      expect(batch.length).toBeGreaterThan(1);
      expect(batch).not.toContain(false);
    });

    it('handles as many requests at once as there are threads', async () => {
      const server = await serve(['plain.wsgi', '--threads=4'], { cwd: project(), module });
      await server.get('/');
      const start = Date.now();
      await Promise.all([1, 2, 3, 4].map(() => server.get('/sleep')));
      expect(Date.now() - start).toBeLessThan(2500);
    });

    it('handles requests in processes with the prefork MPM', async () => {
      const server = await serve(['plain.wsgi', '--threads=2', '--server-mpm=prefork', '--embedded-mode'], {
        cwd: project(),
        module,
      });
      const facts = JSON.parse((await server.get('/')).body);
      expect(facts).toMatchObject({ multithread: false, multiprocess: true, mainThread: true });
    });

    it('takes the callable that is named', async () => {
      const server = await serve(['plain.wsgi', '--callable-object=named_differently'], {
        cwd: project(),
        module,
      });
      expect((await server.get('/')).status).toBe(200);
    });

    it('puts --python-path behind the working directory, in front of the packages, and reads .pth files there', async () => {
      const cwd = project();
      const extra = path.join(cwd, 'extra');
      const more = path.join(cwd, 'more');
      const named = path.join(cwd, 'named');
      for (const folder of [extra, more, named]) mkdirSync(folder);
      writeFileSync(path.join(more, 'also.pth'), `${named}\n`);
      writeFileSync(path.join(extra, 'from_extra.py'), 'VALUE = 1\n');
      writeFileSync(path.join(cwd, 'needs.wsgi'), 'import from_extra\nexec(open("plain.wsgi").read())\n');
      const server = await serve(['needs.wsgi', '--python-path', 'extra', '--python-path=more'], {
        cwd,
        module,
      });
      const { body } = await server.get('/');
      const { path: searched } = JSON.parse(body);
      expect(searched.slice(0, 3)).toEqual([cwd, extra, more]);
      expect(searched).toContain(named);
    });

    it('passes the Authorization header to the application', async () => {
      const server = await serve(['plain.wsgi'], { cwd: project(), module });
      const response = await fetch(`http://127.0.0.1:${server.port}/`, {
        headers: { authorization: 'Basic eDp5' },
      });
      expect(await response.json()).toMatchObject({ authorization: 'Basic eDp5' });
    });

    it('writes the error log to standard error and the access log to standard output', async () => {
      const cwd = project();
      const server = await serve(['plain.wsgi', '--access-log', '--log-to-terminal', '--server-root=root'], {
        cwd,
        module,
      });
      await server.get('/log');
      await server.stop();
      expect(server.stderr).toContain('resuming normal operations');
      expect(server.stderr).toContain('a line for the error log');
      expect(server.stdout).toMatch(/"GET \/log HTTP\/1\.1" 200/);
      expect(existsSync(path.join(cwd, 'root', 'error_log'))).toBe(false);
      expect(existsSync(path.join(cwd, 'root', 'error_log.pipe'))).toBe(false);
    });

    it('loads a script again after a change', async () => {
      const cwd = project();
      const script = path.join(cwd, 'changing.wsgi');
      const source = (text: string) =>
        `def application(environ, start_response):\n    start_response('200 OK', [])\n    return [b'${text}']\n`;
      writeFileSync(script, source('one'));
      const server = await serve(['changing.wsgi'], { cwd, module });
      expect((await server.get('/')).body).toBe('one');
      // Modules compare whole seconds of the modification time.
      await new Promise((resolve) => setTimeout(resolve, 1100));
      writeFileSync(script, source('two'));
      expect((await server.get('/')).body).toBe('two');
    });
  });
}

describe('start-server', () => {
  it('keeps a server root that is named, with its logs', async () => {
    const cwd = project();
    const server = await serve(['plain.wsgi', '--access-log', '--server-root=root'], { cwd });
    await server.get('/log');
    await server.stop();
    const log = (name: string) => readFileSync(path.join(cwd, 'root', name), 'utf8');
    expect(log('error_log')).toContain('a line for the error log');
    expect(log('access_log')).toMatch(/"GET \/log HTTP\/1\.1" 200/);
    expect(log('httpd.conf')).toMatch(/^# Generated by mod_wsgi-express/);
    expect(server.stderr).not.toContain('a line for the error log');
  });

  it('writes logs into --log-directory, which wins over --log-to-terminal', async () => {
    const cwd = project();
    const server = await serve(['plain.wsgi', '--log-directory=logs', '--log-to-terminal'], { cwd });
    await server.get('/log');
    await server.stop();
    expect(readFileSync(path.join(cwd, 'logs', 'error_log'), 'utf8')).toContain('a line for the error log');
    expect(server.stderr).not.toContain('a line for the error log');
  });

  it('makes a relative working directory absolute', async () => {
    const cwd = project();
    mkdirSync(path.join(cwd, 'sub'));
    const server = await serve(['plain.wsgi', '--working-directory=sub'], { cwd });
    expect(JSON.parse((await server.get('/')).body).cwd).toBe(path.join(cwd, 'sub'));
  });

  it('listens on an IPv6 address', async () => {
    const server = await serve(['plain.wsgi', '--host=::1'], { cwd: project() });
    expect(server.stdout).toContain('Listening on http://[::1]:');
    expect((await server.get('/', '::1')).status).toBe(200);
  });

  it('writes the pid of Apache into --pid-file', async () => {
    const cwd = project();
    const server = await serve(['plain.wsgi', '--pid-file=here.pid'], { cwd });
    const pid = Number(readFileSync(path.join(cwd, 'here.pid'), 'utf8'));
    expect(() => process.kill(pid, 0)).not.toThrow();
    await server.stop();
    expect(() => process.kill(pid, 0)).toThrow();
  });

  it('leaves a server root alone from which another server runs', async () => {
    const cwd = project();
    const words = ['plain.wsgi', '--server-root=root', '--log-to-terminal'];
    const first = await serve(words, { cwd });
    const { status, stderr } = await runToEnd([...words, '--port=0'], { cwd });
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /Another server is running already, as process \d+: .*httpd\.pid says so\. \[server-root-busy\]/,
    );
    await first.get('/log');
    await first.stop();
    expect(first.stderr).toContain('a line for the error log');
    const again = await serve(words, { cwd });
    expect((await again.get('/')).status).toBe(200);
  });

  it('shows its options', async () => {
    const { status, stdout } = await runToEnd(['--help'], { cwd: project() });
    expect(status).toBe(0);
    expect(stdout).toContain('--coverage-directory DIRECTORY');
  });
});
