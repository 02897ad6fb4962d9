import { UserError } from '../../../common/src/errors';
import type { Python } from '../../../common/src/runtime/python';

/**
 * Checks that a Python can run threads at the same time.
 *
 * @throws UserError `python-not-free-threaded`.
 */
export const checkFreeThreaded = (python: Python): void => {
  // Such a build says so in the tag of its extension modules: cpython-314t-x86_64-linux-gnu.
  if (/^cpython-3\d+t/.test(python.soabi)) return;
  throw new UserError({
    code: 'python-not-free-threaded',
    message: `--free-threading needs a free-threaded Python, and ${python.executable} (${python.version}) is none.`,
    action: 'Name such an interpreter with --python, for instance python3.14t, or leave the option out.',
  });
};
