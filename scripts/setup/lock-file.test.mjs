import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { inRepository } from '../lib/repository.mjs';

it('the lock file names every optional package, which npm ci insists on and npm install does not', () => {
  const { packages } = JSON.parse(readFileSync(inRepository('package-lock.json'), 'utf8'));
  const missing = Object.entries(packages).flatMap(([location, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`node_modules/${name}`] && !packages[`${location}/node_modules/${name}`],
    ),
  );
  expect(missing).toEqual([]);
});
