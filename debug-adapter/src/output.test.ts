import { describe, expect, it } from 'vitest';
import { ServerOutput } from './output';

const logged = (module: string, level: string, message: string) =>
  `[Sun Nov 22 13:08:27.788071 2026] [${module}:${level}] [pid 14901:tid 14907] [client 127.0.0.1:60236] [script /srv/app.wsgi] ${message}`;

const read = (line: string, stream: 'stdout' | 'stderr') =>
  new ServerOutput('/tmp/session').read(line, stream);

describe('ServerOutput', () => {
  it('takes the envelope off what the application logged', () => {
    expect(read(logged('wsgi', 'error', 'KeyError: 1'), 'stdout')).toEqual({
      text: 'KeyError: 1',
      category: 'stderr',
    });
  });

  it('links a line of a traceback to its place', () => {
    const line = logged('wsgi', 'error', '  File "/srv/shop/app.py", line 55, in price_of');
    expect(read(line, 'stderr')?.source).toEqual({ path: '/srv/shop/app.py', line: 55 });
  });

  it('does not link generated code', () => {
    expect(read('  File "<string>", line 1, in <module>', 'stderr')).toEqual({
      text: '  File "<string>", line 1, in <module>',
      category: 'stderr',
    });
  });

  it("keeps Apache's module and level, by which its messages are searched", () => {
    expect(read(logged('core', 'error', 'AH00126: Invalid URI'), 'stderr')).toEqual({
      text: '[core:error] AH00126: Invalid URI',
      category: 'stderr',
    });
    expect(read(logged('core', 'warn', 'AH00111: x'), 'stderr')?.category).toBe('console');
  });

  it('leaves out what every start says', () => {
    const line =
      '[Sun Nov 22 13:08:27 2026] [mpm_prefork:notice] [pid 1] AH00163: Apache/2.4.71 configured -- resuming normal operations';
    expect(read(line, 'stderr')).toBeUndefined();
  });

  it('passes on what is no log line', () => {
    expect(read('Server URL : http://127.0.0.1:8000/', 'stdout')).toEqual({
      text: 'Server URL : http://127.0.0.1:8000/',
      category: 'stdout',
    });
  });

  it('leaves the frames of what runs the application out of a traceback', () => {
    const output = new ServerOutput('/tmp/session');
    const shown = [
      'Traceback (most recent call last):',
      '  File "/tmp/session/server/handler/post_mortem.py", line 25, in __call__',
      '    return function(*arguments)',
      '           ^^^^^^^^^^^^^^^^^^^^',
      '  File "/srv/app.py", line 5, in app',
      '    raise ValueError("seen")',
      'ValueError: seen',
    ].filter((line) => output.read(line, 'stderr'));
    expect(shown).toEqual([
      'Traceback (most recent call last):',
      '  File "/srv/app.py", line 5, in app',
      '    raise ValueError("seen")',
      'ValueError: seen',
    ]);
  });
});
