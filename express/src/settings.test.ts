import { describe, expect, it } from 'vitest';
import { parseArguments } from './command-line/parse';
import { readSettings } from './settings';

const settings = (...words: string[]) => readSettings(parseArguments(words), '/project');

describe('readSettings', () => {
  it('fills in the defaults of the table', () => {
    expect(settings('app.wsgi')).toMatchObject({
      application: { type: 'script', entry: '/project/app.wsgi', callable: 'application' },
      workingDirectory: '/project',
      python: undefined,
      host: undefined,
      port: 8000,
      threads: 5,
      serverRoot: undefined,
      mpms: ['event', 'worker', 'prefork'],
      debugMode: false,
      logLevel: 'warn',
    });
  });

  it('makes paths absolute and leaves the name of a program to PATH', () => {
    expect(
      settings(
        'app.wsgi',
        '--working-directory=sub',
        '--python=venv/bin/python',
        '--server-root=../r',
        '--python-path=lib',
      ),
    ).toMatchObject({
      workingDirectory: '/project/sub',
      python: '/project/venv/bin/python',
      serverRoot: '/r',
      pythonPath: ['/project/lib'],
    });
    expect(settings('app.wsgi', '--python=python3.12').python).toBe('python3.12');
  });

  it.each([
    '--debug-mode',
    '--enable-debugger',
    '--debugger-startup',
    '--enable-coverage',
    '--enable-profiler',
    '--enable-recorder',
  ])('%s means debug mode, with prefork', (flag) => {
    expect(settings('app.wsgi', flag)).toMatchObject({ debugMode: true, mpms: ['prefork', 'worker'] });
  });

  it('keeps the MPM that was chosen', () => {
    expect(settings('app.wsgi', '--debug-mode', '--server-mpm=event').mpms).toEqual(['event']);
  });

  it('takes a module by its dotted name', () => {
    expect(settings('my.site.wsgi', '--application-type=module').application).toEqual({
      type: 'module',
      entry: 'my.site.wsgi',
      callable: 'application',
    });
  });

  it.each([
    [[], 'names no application'],
    [['a.wsgi', 'b.wsgi'], '"b.wsgi" is one word too many'],
    [['a/b.py', '--application-type=module'], '"a/b.py" is not the name of a Python module'],
    [['a.wsgi', '--newrelic-environment=staging'], 'the command line names no file'],
    [['a.wsgi', '--callable-object=%{ENV:X}'], '--callable-object does not accept "%{ENV:X}"'],
  ])('%j is refused', (words, message) => {
    expect(() => settings(...words)).toThrow(message);
  });
});
