import { expect, it } from 'vitest';
import { expressOptions } from '../../../common/src/express-options';
import { optionsHelp } from './help';

it('has every option that is there, and none that is refused', () => {
  const shown = [...optionsHelp().matchAll(/^ {2}--([\w-]+)/gm)].map(([, name]) => name).sort();
  const taken = expressOptions
    .filter(({ leftOut }) => leftOut === undefined)
    .map(({ name }) => name as string);
  expect(shown).toEqual(taken.sort());
});
