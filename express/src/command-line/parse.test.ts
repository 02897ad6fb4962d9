import { describe, expect, it } from 'vitest';
import { type ParsedArguments, parseArguments } from './parse';
import { UsageError } from './usage-error';

const parsed = (...words: string[]) => {
  const { positionals, values, help } = parseArguments(words);
  return { positionals, values: Object.fromEntries(values), help };
};

describe('parseArguments', () => {
  it.each<
    [string[], Partial<{ positionals: ParsedArguments['positionals']; values: object; help: boolean }>]
  >([
    [['app.wsgi'], { positionals: ['app.wsgi'], values: {}, help: false }],
    [['--port', '80', 'app.wsgi'], { positionals: ['app.wsgi'], values: { port: 80 } }],
    [['--port=80'], { values: { port: 80 } }],
    [['--port=1', '--port=2'], { values: { port: 2 } }],
    [['--host='.concat('a=b')], { values: { host: 'a=b' } }],
    [['--host', '--port'], { values: { host: '--port' } }],
    [['--debug-mode'], { values: { 'debug-mode': true } }],
    [['--debug-'], { values: { 'debug-mode': true } }],
    [['--user=a', '--group', 'b'], { values: { user: 'a', group: 'b' } }],
    [['--python-path=a', '--python-path', 'b'], { values: { 'python-path': ['a', 'b'] } }],
    [['--', '--odd.wsgi'], { positionals: ['--odd.wsgi'] }],
    [['-'], { positionals: ['-'] }],
    [['--setenv', 'A', '-1', 'x'], { positionals: ['x'], values: { setenv: [['A', '-1']] } }],
    [
      ['--url-alias=/a', 'b', '--url-alias', '/c', 'd'],
      {
        values: {
          'url-alias': [
            ['/a', 'b'],
            ['/c', 'd'],
          ],
        },
      },
    ],
    [['--ssl-port=443'], { values: { 'https-port': 443 } }],
    [['--initial-workers=.5'], { values: { 'initial-workers': 0.5 } }],
    [['--max-c=7'], { values: { 'max-clients': 7 } }],
    [['app.wsgi', '--help'], { help: true }],
    [['-h'], { help: true }],
  ])('%j', (words, expected) => {
    expect(parsed(...words)).toMatchObject(expected);
  });

  it.each([
    [['--prot=80'], 'Did you mean --port?'],
    [['-p', '80'], 'has no option -p'],
    [['--port'], 'The option --port needs a value, and the command line ends after it.'],
    [['--port='], 'does not accept ""'],
    [['--port=-1'], 'does not accept "-1"'],
    [['--port=0x50'], 'does not accept "0x50"'],
    [['--host=a\0b'], 'does not accept "a\\u0000b"'],
    [['--debug-mode=true'], 'It is a switch and takes no value.'],
    [['--log'], 'Write one of --log-to-terminal, --log-directory, --log-level.'],
    [['--='], 'has no option --.'],
    [['--setenv', 'A'], 'The option --setenv needs a value'],
    [['--url-alias', 'static', 'x'], 'does not accept ["static","x"]'],
    [['--initial-workers=2'], 'It takes a number from 0 to 1.'],
    [['--enable-tele'], 'has no option --enable-telemetry: it reports to the package mod_wsgi-telemetry'],
    [['--with-wdb'], 'has no option --with-wdb. [option-unknown]'],
  ])('%j is refused', (words, message) => {
    try {
      parseArguments(words);
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).toText()).toContain(message);
      return;
    }
    throw new Error('accepted');
  });
});
