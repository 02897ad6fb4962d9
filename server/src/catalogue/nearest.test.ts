import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nearest } from './nearest';

/** Edits between two words, a swap of neighbours among them, by the whole table. */
const distance = (a: string, b: string): number => {
  const table = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number): number => table[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++)
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : replaced;
      (table[i] as number[])[j] = Math.min(replaced, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1);
    }
  return at(a.length, b.length);
};

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'C', 'c'), maxLength: 14 });

test('the nearest word is one of those with the fewest edits, if those are few enough', () => {
  fc.assert(
    fc.property(word, fc.array(word, { maxLength: 8 }), (name, candidates) => {
      const wanted = name.toLowerCase();
      const most = Math.min(3, Math.floor(wanted.length / 3));
      const best = candidates.find((candidate) =>
        candidates.every(
          (other) => distance(wanted, candidate.toLowerCase()) <= distance(wanted, other.toLowerCase()),
        ),
      );
      const isNear = best !== undefined && distance(wanted, best.toLowerCase()) <= most;
      expect(nearest(name, candidates)).toBe(isNear ? best : undefined);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['WSGIScriptAlais', 'WSGIScriptAlias'],
  ['thread', 'threads'],
  ['wsgidaemonproces', 'WSGIDaemonProcess'],
  ['xyz', undefined],
])('%s means %s', (name, meant) => {
  expect(nearest(name, ['WSGIScriptAlias', 'WSGIDaemonProcess', 'threads'])).toBe(meant);
});
