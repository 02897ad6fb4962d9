import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildModule, testPython, withScratchFolder } from './build';
import { request } from './client';
import { checkConfiguration, type Httpd, startHttpd } from './httpd';

const apps = path.join(__dirname, 'apps');
let module: string;

beforeAll(async () => {
  module = await buildModule();
});

const withHttpd = async (
  configuration: string,
  use: (httpd: Httpd) => Promise<void>,
  options: Partial<Parameters<typeof startHttpd>[0]> = {},
): Promise<void> => {
  const httpd = await startHttpd({ module, apps, configuration, ...options });
  try {
    await use(httpd);
  } finally {
    await httpd.dispose();
  }
};

describe('application groups and callables', () => {
  let httpd: Httpd;

  beforeAll(async () => {
    httpd = await startHttpd({
      module,
      apps,
      modules: ['env', 'setenvif', 'alias'],
      configuration: `
        WSGIScriptAlias /default @APPS@/names.wsgi
        WSGIScriptAlias /global @APPS@/names.wsgi application-group=%{GLOBAL} process-group=%{GLOBAL}
        WSGIScriptAlias /server @APPS@/names.wsgi application-group=%{SERVER}
        WSGIScriptAlias /host @APPS@/names.wsgi application-group=%{HOST}
        WSGIScriptAlias /env @APPS@/names.wsgi application-group=%{ENV:GROUP}
        WSGIScriptAlias /named @APPS@/names.wsgi 'application-group=two words' callable-object=other process-group=''
        WSGIScriptAlias /quoted @APPS@/names.wsgi application-group="two words" callable-object="other"
        WSGIScriptAlias /passed @APPS@/names.wsgi application-group=%{GLOBAL} pass-authorization=On
        WSGIScriptAlias /directives @APPS@/names.wsgi
        WSGIScriptAlias /none @APPS@/names.wsgi callable-object=nothing
        WSGIScriptAliasMatch ^/match/([a-z]+) @APPS@/$1.wsgi application-group=%{GLOBAL}
        SetEnv GROUP from-env
        SetEnv CALLABLE other
        <Location /directives>
          WSGIApplicationGroup own
          WSGICallableObject %{ENV:CALLABLE}
          WSGIPassAuthorization On
        </Location>
        Alias /plain @APPS@
        <Location /plain>
          SetHandler wsgi-script
          Options +ExecCGI
          WSGIApplicationGroup %{GLOBAL}
        </Location>
        Alias /no-exec @APPS@
        <Location /no-exec>
          SetHandler wsgi-script
          Options None
        </Location>
        WSGIScriptAlias / @APPS@/environ.wsgi`,
    });
  });
  afterAll(() => httpd?.dispose());

  const names = async (url: string, host = 'lab.example') => {
    const headers = { Host: host, Authorization: 'Bearer t' };
    const [callable, group, , processGroup, named, authorization] = (
      await request(httpd.port, url, { headers })
    ).body.split('\n');
    return { callable, group, processGroup, named, authorization };
  };

  it.each([
    ['/default', 'lab.example|/default', 'application', '-'],
    ['/global', '', 'application', '-'],
    ['/server', 'lab.example', 'application', '-'],
    ['/host', 'lab.example', 'application', '-'],
    ['/env', 'from-env', 'application', '-'],
    ['/named', 'two words', 'other', '-'],
    ['/quoted', 'two words', 'other', '-'],
    ['/passed', '', 'application', 'Bearer t'],
    ['/directives', 'own', 'other', 'Bearer t'],
    ['/match/names', '', 'application', '-'],
    ['/plain/names.wsgi', '', 'application', '-'],
  ])('%s runs in %j', async (url, group, callable, authorization) => {
    expect(await names(url)).toEqual({ callable, group, processGroup: '', named: callable, authorization });
  });

  it.each([
    ['Foo.Example', 'foo.example'],
    ['foo.example:8123', 'foo.example:8123'],
    ['foo.example:443', 'foo.example'],
  ])('%%{HOST} of %s is %s', async (host, group) => {
    expect((await names('/host', host)).group).toBe(group);
  });

  it('an interpreter has its own modules', async () => {
    const before = await request(httpd.port, '/named/x');
    expect(before.body).toContain('two words\ntwo words\n');
    expect((await names('/global')).group).toBe('');
  });

  it('the root mount gives the whole URL as PATH_INFO', async () => {
    const { environ } = JSON.parse((await request(httpd.port, '/a/b')).body);
    expect([environ.SCRIPT_NAME[1], environ.PATH_INFO[1]]).toEqual(['', '/a/b']);
  });

  it('what follows a pattern is PATH_INFO', async () => {
    const { environ } = JSON.parse((await request(httpd.port, '/match/environ/a/b')).body);
    expect([environ.SCRIPT_NAME[1], environ.PATH_INFO[1]]).toEqual(['/match/environ', '/a/b']);
  });

  it('the modules mod_wsgi and apache say what they are', async () => {
    const { body } = await request(httpd.port, '/global/module');
    expect(body).toMatch(
      /^\(4, 4, 0\)\n1\n12\nTrue\n\(2, 4, \d+\)\nevent\nTrue\n\[True, False, False\]\nTrue\nfloat\nnames\.wsgi$/,
    );
  });

  it('a callable that is not there is an error of the server', async () => {
    expect((await request(httpd.port, '/none')).status).toBe(500);
    await httpd.waitForLog(
      /WSGI0089: Target WSGI script '\S+names\.wsgi' does not contain WSGI application 'nothing'/,
    );
  });

  it('a handler needs ExecCGI', async () => {
    expect((await request(httpd.port, '/no-exec/names.wsgi')).status).toBe(403);
    await httpd.waitForLog(/WSGI0134: Options ExecCGI is off in this directory/);
  });
});

describe('configuration errors', () => {
  it.each([
    ['WSGIScriptAlias /x', /WSGIScriptAlias needs a URL prefix and a path/],
    ['WSGIScriptAliasMatch ( /x', /WSGIScriptAliasMatch: '\(' is not a regular expression/],
    ['WSGIScriptAlias /x /y name', /WSGIScriptAlias: 'name' is not an option of the form name=value/],
    ['WSGIScriptAlias /x /y name=1', /WSGIScriptAlias: unknown option 'name'/],
    ['WSGIScriptAlias /x /y pass-authorization=1', /pass-authorization must be On or Off, not '1'/],
    ['WSGIImportScript', /WSGIImportScript needs the path of a script/],
    ['WSGIImportScript /x', /WSGIImportScript needs application-group=NAME/],
    ['WSGIImportScript /x application-group=%{HOST}', /depends on a request/],
    ['WSGIScriptReloading maybe', /must be On or Off/],
    [
      '<VirtualHost *>\nWSGIPythonHome /x\n</VirtualHost>',
      /WSGIPythonHome cannot occur within <VirtualHost> section/,
    ],
  ])('%s', async (configuration, message) => {
    const { exitCode, text } = await checkConfiguration({ module, configuration });
    expect(exitCode).not.toBe(0);
    expect(text).toMatch(message);
  });

  it.each(['WSGIProcessGroup %{GLOBAL}', '<IfModule !mod_wsgi.c>\nError x\n</IfModule>'])(
    'not %s',
    async (configuration) => {
      expect(await checkConfiguration({ module, configuration })).toMatchObject({ exitCode: 0 });
    },
  );
});

describe('Python', () => {
  it('takes the virtual environment of WSGIPythonHome, and WSGIPythonPath in front', () =>
    withScratchFolder(async (scratch) => {
      await chmod(scratch, 0o755);
      const home = path.join(scratch, 'venv');
      execFileSync(testPython, ['-m', 'venv', '--without-pip', '--symlinks', home]);
      const added = await mkdtemp(path.join(scratch, 'path-'));
      await chmod(added, 0o755);
      const viaPth = path.join(scratch, 'via-pth');
      await mkdir(path.join(viaPth, 'mod_wsgi'), { recursive: true });
      await writeFile(path.join(viaPth, 'mod_wsgi', '__init__.py'), 'raise RuntimeError("must not run")\n');
      await writeFile(path.join(viaPth, 'mod_wsgi', 'inner.py'), 'NAME = "inner of the package"\n');
      await writeFile(path.join(added, 'extra.pth'), `${viaPth}\n`);
      await withHttpd(
        `WSGIPythonHome ${home}
         WSGIPythonPath ${added}:${scratch}
         WSGIScriptAlias /environ @APPS@/environ.wsgi application-group=%{GLOBAL}
         WSGIScriptAlias /package @APPS@/names.wsgi callable-object=package`,
        async (httpd) => {
          const { python } = JSON.parse((await request(httpd.port, '/environ')).body);
          expect(python.prefix).toBe(home);
          expect(python.executable).toBe(path.join(home, 'bin', 'python'));
          expect(python.path.slice(0, 3)).toEqual([added, viaPth, scratch]);
          expect(python.path.some((entry: string) => entry.startsWith(path.join(home, 'lib')))).toBe(true);
          expect(python.main_thread).toBe('MainThread');
          expect((await request(httpd.port, '/package')).body).toBe('inner of the package (4, 4, 0)');
        },
      );
    }));

  it('that cannot start is said in the log, and requests get 500', () =>
    withHttpd('WSGIPythonHome /nonexistent/home\nWSGIScriptAlias / @APPS@/names.wsgi', async (httpd) => {
      expect((await request(httpd.port, '/')).status).toBe(500);
      const log = await httpd.errorLog();
      expect(log).toMatch(/WSGI0100: Unable to stat Python home '\/nonexistent\/home'/);
      expect(log).toMatch(/WSGI0036: Python interpreter configuration failed in Apache child process: /);
      expect(log).toMatch(/WSGI0210: Embedded mode of mod_wsgi cannot be used as Python was not initialised/);
    }));

  it('has restricted streams where that is configured', () =>
    withHttpd(
      'WSGIRestrictStdin On\nWSGIRestrictStdout On\nWSGIScriptAlias / @APPS@/refusals.wsgi',
      async (httpd) => {
        const { body } = await request(httpd.port, '/streams');
        expect(body).toContain('OSError: sys.stdout access restricted by mod_wsgi');
        expect(body).toContain('OSError: sys.stdin access restricted by mod_wsgi');
      },
    ));

  it('of several processes says so', () =>
    withHttpd(
      'WSGIScriptAlias / @APPS@/names.wsgi application-group=%{GLOBAL}',
      async (httpd) => {
        expect((await request(httpd.port, '/module')).body).toMatch(/\n4\n1\n[\s\S]*\[False, True, False\]/);
      },
      { mpm: 'prefork' },
    ));

  it('loads the scripts of WSGIImportScript, and of mounts whose groups are known, before the first request', () =>
    withHttpd(
      `WSGIImportScript @APPS@/log.wsgi application-group=%{GLOBAL} process-group=%{GLOBAL}
       WSGIImportScript @APPS@/missing.wsgi application-group=other
       WSGIScriptAlias /names @APPS@/names.wsgi application-group=named process-group=%{GLOBAL}`,
      async (httpd) => {
        const log = await httpd.waitForLog(
          /Loading WSGI script '\S+names.wsgi' into sub-interpreter 'named'/,
        );
        expect(log).toMatch(/Loading WSGI script '\S+log.wsgi' into Python main interpreter/);
        expect(log).toMatch(/\] while loading\n/);
        expect(log).toMatch(/WSGI0083: Unable to stat target WSGI script '\S+missing\.wsgi'/);
      },
    ));
});

describe('reloading', () => {
  const version = (text: string) => `def application(environ, start_response):
    start_response("200 OK", [])
    return [b"${text}"]
`;

  it('loads a changed script again, tells its errors, and recovers', () =>
    withHttpd('WSGIScriptAlias / @APPS@/changing.wsgi', async (httpd) => {
      const script = path.join(httpd.apps, 'changing.wsgi');
      await writeFile(script, version('one'));
      expect((await request(httpd.port, '/')).body).toBe('one');
      await writeFile(script, version('two'));
      expect((await request(httpd.port, '/')).body).toBe('two');
      await writeFile(script, 'def application(:\n');
      expect((await request(httpd.port, '/')).status).toBe(500);
      await httpd.waitForLog(
        /WSGI0105: Could not read or compile WSGI script '\S+changing\.wsgi'[\s\S]*SyntaxError/,
      );
      await writeFile(script, 'import nothing_of_that_name\n');
      expect((await request(httpd.port, '/')).status).toBe(500);
      await httpd.waitForLog(
        /WSGI0109: Unable to execute Python script file '\S+changing\.wsgi'[\s\S]*ModuleNotFoundError/,
      );
      await writeFile(script, 'raise SystemExit(1)\n');
      expect((await request(httpd.port, '/')).status).toBe(500);
      await httpd.waitForLog(/WSGI0107: SystemExit exception raised when doing exec of Python script file/);
      await writeFile(script, version('three'));
      expect((await request(httpd.port, '/')).body).toBe('three');
      expect(await httpd.errorLog()).toMatch(/Reloading WSGI script/);
    }));

  it('does not with WSGIScriptReloading Off', () =>
    withHttpd('WSGIScriptReloading Off\nWSGIScriptAlias / @APPS@/changing.wsgi', async (httpd) => {
      const script = path.join(httpd.apps, 'changing.wsgi');
      await writeFile(script, version('one'));
      expect((await request(httpd.port, '/')).body).toBe('one');
      await writeFile(script, version('two'));
      expect((await request(httpd.port, '/')).body).toBe('one');
    }));

  it('asks reload_required()', () =>
    withHttpd('WSGIScriptAlias / @APPS@/asking.wsgi', async (httpd) => {
      const flag = path.join(httpd.folder, 'flag');
      await writeFile(
        path.join(httpd.apps, 'asking.wsgi'),
        `import os, time
LOADED = time.time_ns()
def reload_required(path):
    if os.path.exists(${JSON.stringify(`${flag}-bad`)}):
        raise ValueError("cannot say")
    return path.endswith("asking.wsgi") and os.path.exists(${JSON.stringify(flag)})
def application(environ, start_response):
    start_response("200 OK", [])
    return [str(LOADED).encode()]
`,
      );
      const loaded = async () => (await request(httpd.port, '/')).body;
      const first = await loaded();
      expect(await loaded()).toBe(first);
      await writeFile(flag, '');
      const second = await loaded();
      expect(second).not.toBe(first);
      await writeFile(`${flag}-bad`, '');
      expect(await loaded()).toBe(second);
      await httpd.waitForLog(/reload_required\(\) of WSGI script[\s\S]*ValueError: cannot say/);
    }));

  it('of one slow script keeps no other waiting, and runs it once', () =>
    withHttpd(
      `WSGIApplicationGroup %{GLOBAL}
       WSGIScriptAlias /slow @APPS@/slow.wsgi
       WSGIScriptAlias /quick @APPS@/changing.wsgi`,
      async (httpd) => {
        await writeFile(path.join(httpd.apps, 'changing.wsgi'), version('quick'));
        await writeFile(
          path.join(httpd.apps, 'slow.wsgi'),
          `import sys, time\nprint("slow is loading", file=sys.stderr)\ntime.sleep(1.5)\n${version('slow')}`,
        );
        const start = Date.now();
        const slow = Promise.all([request(httpd.port, '/slow'), request(httpd.port, '/slow')]);
        await httpd.waitForLog(/slow is loading/);
        expect((await request(httpd.port, '/quick')).body).toBe('quick');
        expect(Date.now() - start).toBeLessThan(1_300);
        expect((await slow).map(({ body }) => body)).toEqual(['slow', 'slow']);
        expect((await httpd.errorLog()).match(/slow is loading/g)).toHaveLength(1);
      },
    ));
});
