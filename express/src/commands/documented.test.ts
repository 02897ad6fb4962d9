import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { parseArguments } from '../command-line/parse';
import { commands } from '.';

const root = path.join(__dirname, '..', '..', '..');

const pages = [
  'README.md',
  ...readdirSync(path.join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join('docs', name)),
];

/** The command lines of a page, without what is said behind them. */
const linesOf = (page: string): string[] => {
  const text = readFileSync(path.join(root, page), 'utf8');
  return [...text.matchAll(/^ {4}.*?\bmod-wsgi-express(?:\.js)? (\w.*)$/gm)].map(
    ([, line = '']) => line.split(/ {2,}| [>|#&] /)[0] ?? '',
  );
};

const shown = pages.flatMap((page) => linesOf(page).map((line) => [page, line] as const));

it('the documentation shows command lines', () => {
  expect(shown.length).toBeGreaterThan(10);
});

it.each(shown)('%s: mod-wsgi-express %s is understood', (_page, line) => {
  const [command, ...words] = line.split(' ');
  expect(commands.map(({ name }) => name)).toContain(command);
  expect(() => parseArguments(words)).not.toThrow();
});
