import { describe, expect, it } from 'vitest';
import { UserError } from './errors';
import {
  expressOptions,
  expressOptionsSchema,
  type OptionValue,
  optionsToArguments,
} from './express-options';
import { expressOptionsPage } from './express-options-page';

const refused = (options: Record<string, OptionValue>): string => {
  try {
    optionsToArguments(options);
  } catch (error) {
    if (error instanceof UserError) return error.toText();
    throw error;
  }
  throw new Error('accepted');
};

describe('optionsToArguments', () => {
  it.each<[Record<string, OptionValue>, string[]]>([
    [{}, []],
    [{ port: 0 }, ['--port=0']],
    [{ port: '8080' }, ['--port=8080']],
    [{ 'debug-mode': true, 'enable-debugger': false }, ['--debug-mode']],
    [{ 'python-path': 'lib' }, ['--python-path=lib']],
    [{ 'python-path': ['a b', '--c'] }, ['--python-path=a b', '--python-path=--c']],
    [{ 'server-mpm': ['worker', 'prefork'] }, ['--server-mpm=worker', '--server-mpm=prefork']],
    [{ 'log-level': 'trace8' }, ['--log-level=trace8']],
  ])('%j', (options, words) => {
    expect(optionsToArguments(options)).toEqual(words);
  });

  it.each<[Record<string, OptionValue>, string]>([
    [{ prot: 1 }, 'mod_wsgi-express has no option --prot. [option-unknown]\nDid you mean --port?'],
    [{ 'quite-unlike-any-other': 1 }, 'See start-server --help for all options.'],
    [
      { port: 65536 },
      'The option --port does not accept 65536. [option-value]\nIt takes a whole number from 0 to 65535.',
    ],
    [{ port: 1.5 }, 'does not accept 1.5'],
    [{ port: true }, 'does not accept true'],
    [{ threads: 0 }, 'It takes a whole number from 1 to 1000.'],
    [
      { host: '' },
      'The option --host does not accept "". [option-value]\nIt takes a text that is not empty.',
    ],
    [{ host: 5 }, 'does not accept 5'],
    [{ host: ['a'] }, 'does not accept ["a"]'],
    [{ 'debug-mode': 'yes' }, 'It takes true or false.'],
    [{ 'application-type': 'paste' }, 'It takes one of script, module.'],
    [{ 'python-path': [] as string[], 'server-mpm': ['fork'] }, 'does not accept ["fork"]'],
  ])('%j is refused', (options, message) => {
    expect(refused(options)).toContain(message);
  });
});

describe('the table', () => {
  it('has unique names without dashes in front', () => {
    const names = expressOptions.map((option) => option.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('gives every option but a flag a word for its value, and every choice its words', () => {
    for (const option of expressOptions) {
      expect('metavar' in option, option.name).toBe(option.type !== 'flag');
      expect('choices' in option, option.name).toBe(option.type === 'choice');
      expect(option.help, option.name).toMatch(/^[A-Z].*\.$/);
    }
  });

  it('becomes a schema and a page that name every option', () => {
    const { properties, additionalProperties } = expressOptionsSchema();
    expect(additionalProperties).toBe(false);
    expect(Object.keys(properties as object)).toEqual(expressOptions.map((option) => option.name));
    expect(properties).toMatchObject({
      port: { type: 'integer', minimum: 0, maximum: 65535, default: 8000 },
      'python-path': { anyOf: [{ type: 'string' }, { type: 'array' }] },
      'debug-mode': { type: 'boolean' },
      'server-mpm': { anyOf: [{ enum: ['event', 'worker', 'prefork'] }, { type: 'array' }] },
    });
    const page = expressOptionsPage();
    for (const { name } of expressOptions) expect(page).toContain(`| \`--${name}`);
  });
});
