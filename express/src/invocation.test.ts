import { expect, it } from 'vitest';
import { invocation, invocationAsRoot } from './invocation';

const caller = (script: string, env: NodeJS.ProcessEnv = {}) => ({
  argv: ['/usr/bin/node', script],
  execPath: '/usr/bin/node',
  env,
  cwd: () => '/srv/clone',
});

it.each([
  ['/usr/local/bin/mod-wsgi-express', {}, 'mod-wsgi-express'],
  ['/srv/shop/node_modules/.bin/mod-wsgi-express', { npm_command: 'exec' }, 'npx mod-wsgi-express'],
  ['/srv/clone/dist/mod-wsgi-express.js', {}, 'node dist/mod-wsgi-express.js'],
  ["/srv/it's/mod-wsgi-express.js", {}, "node '/srv/it'\\''s/mod-wsgi-express.js'"],
])('%s is called as it was', (script, env, expected) => {
  expect(invocation(caller(script, env))).toBe(expected);
});

it('root gets whole paths', () => {
  expect(invocationAsRoot(caller('/home/a/.bin/mod-wsgi-express'))).toBe(
    'sudo /usr/bin/node /home/a/.bin/mod-wsgi-express',
  );
});
