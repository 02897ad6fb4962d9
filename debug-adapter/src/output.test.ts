import { describe, expect, it } from 'vitest';
import { readServerLine } from './output';

const logged = (module: string, level: string, message: string) =>
  `[Sun Nov 22 13:08:27.788071 2026] [${module}:${level}] [pid 14901:tid 14907] [client 127.0.0.1:60236] [script /srv/app.wsgi] ${message}`;

describe('readServerLine', () => {
  it('takes the envelope off what the application logged', () => {
    expect(readServerLine(logged('wsgi', 'error', 'KeyError: 1'), 'stdout')).toEqual({
      text: 'KeyError: 1',
      category: 'stderr',
    });
  });

  it('links a line of a traceback to its place', () => {
    const line = logged('wsgi', 'error', '  File "/srv/shop/app.py", line 55, in price_of');
    expect(readServerLine(line, 'stderr')?.source).toEqual({ path: '/srv/shop/app.py', line: 55 });
  });

  it('does not link generated code', () => {
    expect(readServerLine('  File "<string>", line 1, in <module>', 'stderr')).toEqual({
      text: '  File "<string>", line 1, in <module>',
      category: 'stderr',
    });
  });

  it("keeps Apache's module and level, by which its messages are searched", () => {
    expect(readServerLine(logged('core', 'error', 'AH00126: Invalid URI'), 'stderr')).toEqual({
      text: '[core:error] AH00126: Invalid URI',
      category: 'stderr',
    });
    expect(readServerLine(logged('core', 'warn', 'AH00111: x'), 'stderr')?.category).toBe('console');
  });

  it('leaves out what every start says', () => {
    const line =
      '[Sun Nov 22 13:08:27 2026] [mpm_prefork:notice] [pid 1] AH00163: Apache/2.4.71 configured -- resuming normal operations';
    expect(readServerLine(line, 'stderr')).toBeUndefined();
  });

  it('passes on what is no log line', () => {
    expect(readServerLine('Server URL : http://127.0.0.1:8000/', 'stdout')).toEqual({
      text: 'Server URL : http://127.0.0.1:8000/',
      category: 'stdout',
    });
  });
});
