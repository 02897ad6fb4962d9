import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { expressOptions } from '../../../common/src/express-options';
import { runToEnd, serve } from '../support/launcher';
import { anyModule } from '../support/machine';
import { scratchFolder } from '../support/scratch';
import { facts, project } from './support';

const isRoot = process.getuid?.() === 0;

const refused = async (words: readonly string[], files: Record<string, string> = {}, module?: string) => {
  const cwd = project({ 'x.py': '', ...files });
  if (files['closed/x.py']) chmodSync(path.join(cwd, 'closed'), 0o700);
  const { status, stderr } = await runToEnd(['app.wsgi', '--port=0', ...words], {
    cwd,
    ...(module ? { module } : {}),
  });
  return `${status}: ${stderr}`;
};

describe('left out on purpose', () => {
  const leftOut = expressOptions.filter((option) => option.leftOut !== undefined);
  it.each(leftOut.map((option) => [option.name, option] as const))(
    '--%s',
    async (name, { type, leftOut: why }) => {
      const message = await refused([type === 'flag' ? `--${name}` : `--${name}=1`]);
      expect(message).toContain(
        `2: mod_wsgi-express: This mod_wsgi-express has no option --${name}: ${why}.`,
      );
      expect(message).toContain('Leave it out');
    },
  );
});

describe('found out before Apache starts', () => {
  it.each<[string[], string]>([
    [
      ['--https-only'],
      '2: mod_wsgi-express: The option --https-only would have no effect: it needs --https-port.',
    ],
    [['--ssl-verify-client=/x'], '2: mod_wsgi-express: The option --ssl-verify-client would have no effect'],
    [['--document-root=none'], '1: mod_wsgi-express: There is no directory'],
    [['--url-alias', '/x', 'none'], 'Correct --url-alias.'],
    [['--include-file=none.conf'], 'Correct --include-file.'],
    [['--rewrite-rules=none.conf'], 'Correct --rewrite-rules.'],
    [['--mime-types=none'], 'Correct --mime-types.'],
    [['--add-handler', '.x', 'none.py'], 'Correct --add-handler.'],
    [['--auth-user-script=none.py'], 'Correct --auth-user-script.'],
    [['--host-access-script=none.py'], 'Correct --host-access-script.'],
    [['--service-script', 'a', 'none.py'], 'Correct --service-script.'],
    [['--envvars-script=none.sh'], 'Correct --envvars-script.'],
    [['--socket-prefix=none'], 'Correct --socket-prefix.'],
    [['--python-eggs=none'], 'Correct --python-eggs.'],
    [['--newrelic-config-file=none.ini'], 'correct --newrelic-config-file'],
    [['--with-newrelic'], "New Relic's agent needs a configuration file"],
    [['--with-newrelic-agent'], "New Relic's agent needs a configuration file"],
    [['--newrelic-environment=staging'], "New Relic's agent needs a configuration file"],
    [['--rotate-logs', '--rotatelogs-executable=none'], 'Correct --rotatelogs-executable.'],
    [
      ['--locale=xx_YY.UTF-8'],
      '1: mod_wsgi-express: The locale xx_YY.UTF-8 is not installed on this machine.',
    ],
    [['--lang=xx_YY.UTF-8'], 'The locale xx_YY.UTF-8 is not installed'],
    [['--free-threading'], '--free-threading'],
    [
      ['--service-script', 'a', 'x.py', '--service-user', 'a', 'no-such-user'],
      isRoot ? 'There is no user "no-such-user"' : 'Only root',
    ],
    [
      ['--service-script', 'a', 'x.py', '--service-group', 'a', 'no-such-group'],
      isRoot ? 'There is no group "no-such-group"' : 'Only root',
    ],
  ])('%j', async (words, message) => {
    expect(await refused(words)).toContain(message);
  });

  it('an environment script that fails', async () => {
    expect(await refused(['--envvars-script=bad.sh'], { 'bad.sh': 'echo broken >&2; false\n' })).toContain(
      'failed: broken',
    );
  });

  it.skipIf(!isRoot)("a script that the server's user cannot reach", async () => {
    expect(await refused(['--auth-user-script=closed/x.py'], { 'closed/x.py': '#' })).toMatch(
      /cannot read what --auth-user-script names, \S+closed\/x\.py: \S+closed belongs to root and has mode 0700/,
    );
  });

  it('a server root whose path is too long for a socket', async () => {
    const cwd = project();
    const deep = path.join(cwd, 'x'.repeat(60), 'y'.repeat(40));
    mkdirSync(deep, { recursive: true });
    const words = ['app.wsgi', '--port=0', `--server-root=${deep}`];
    const { status, stderr } = await runToEnd(words, { cwd });
    expect(status).toBe(1);
    expect(stderr).toContain('--socket-prefix, e.g. /tmp, or use --embedded-mode.');
  });
});

describe('a module without the directives for access', () => {
  it.skipIf(!anyModule).each(['--auth-user-script=x.py', '--host-access-script=x.py'])(
    'refuses %s rather than leave the site open',
    async (word) => {
      // The modules of this machine have them all: their names are made others in a copy.
      const module = path.join(scratchFolder(), 'mod_wsgi.so');
      const content = readFileSync(anyModule ?? '', 'latin1');
      writeFileSync(module, content.replaceAll(/WSGI(?=(?:AuthUser|Access)Script\0)/g, 'NONE'), 'latin1');
      expect(await refused([word], {}, module)).toMatch(
        /^2: mod_wsgi-express: The option --\S+ would have no effect: the module \S+ has no WSGI/,
      );
    },
  );
});

it('says which options have no effect, and serves', async () => {
  const server = await serve(
    [
      'app.wsgi',
      '--embedded-mode',
      '--request-timeout=3',
      '--server-alias=x.example',
      '--access-log-format=common',
    ],
    { cwd: project() },
  );
  await facts(server.port);
  for (const message of [
    "The option --request-timeout has no effect: in embedded mode the application runs in Apache's own processes.",
    'The option --server-alias has no effect: it needs --server-name.',
    'The option --access-log-format has no effect: it needs --access-log.',
  ])
    expect(server.stderr).toContain(message);
});
