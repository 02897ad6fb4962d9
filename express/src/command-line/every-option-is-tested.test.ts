import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { expressOptions } from '../../../common/src/express-options';

const tests = path.join(__dirname, '..', '..', 'test');

const sources = readdirSync(tests, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(path.join(tests, name), 'utf8'))
  .join('\n');

/** Whether a test writes the option as a word of a command line. */
const isNamed = (name: string): boolean => new RegExp(`['"\`]--${name}(?:['"\`= ])`).test(sources);

it('each option is used by a test with a real httpd', () => {
  expect(expressOptions.map(({ name }) => name).filter((name) => !isNamed(name))).toEqual([]);
});
