import { expect, it } from 'vitest';
import { expandVariables } from './expand-variables';

const environment = { HOME: '/home/me', EMPTY: '', A1: '$HOME' };

it.each([
  ['--server-root=$HOME/x', '--server-root=/home/me/x'],
  [`\${HOME}y`, '/home/mey'],
  ['$EMPTY|', '|'],
  ['$A1', '$HOME'],
  ['$HOMEY $NOPE', '$HOMEY $NOPE'],
  [`\${NOPE} $ \${ $$`, `\${NOPE} $ \${ $$`],
])('%s', (word, expanded) => {
  expect(expandVariables([word], environment)).toEqual([expanded]);
});
