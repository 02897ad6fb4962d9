import { UserError } from '../../../../common/src/errors';
import { packagesFor } from '../../../../common/src/packages';
import type { Python } from '../../../../common/src/runtime/python';
import type { Diagnosis, Finding, ModuleFinding } from './findings';

/** What helps where no package does. */
const PYTHON_ADVICE: Partial<Record<Finding['id'], Diagnosis['advice'][number]>> = {
  python: { text: 'Name the interpreter of the application with --python.' },
  'python-reach': {
    text: 'Name an interpreter outside of closed home folders with --python, or start the server as an ordinary user.',
  },
};

/** What to do where no application can be served, the most helpful first. */
export const advise = (
  findings: readonly Finding[],
  modules: readonly ModuleFinding[],
  python: Python | UserError,
): Diagnosis['advice'] => [
  ...installAdvice(findings),
  ...findings.filter(({ found: isThere }) => !isThere).flatMap(({ id }) => PYTHON_ADVICE[id] ?? []),
  ...(modules.some(({ origin }) => origin === 'given')
    ? [{ text: 'Name another module with --module-path, or leave it out: then the bundled module is used.' }]
    : []),
  ...(python instanceof UserError ||
  modules.some(({ origin, state }) => origin === 'given' || state === 'fits' || state === 'buildable')
    ? []
    : [
        {
          text: 'A mod_wsgi from PyPI does as well; it is built with the same tools:',
          command: `${python.executable} -m pip install --no-cache-dir mod_wsgi`,
        },
      ]),
];

/** One command for everything that packages can mend. */
const installAdvice = (findings: readonly Finding[]): Diagnosis['advice'] => {
  const lacking = findings.filter(({ needs }) => needs.length > 0);
  if (lacking.length === 0) return [];
  const { packages, command } = packagesFor(...lacking.flatMap(({ needs }) => needs));
  const names = lacking.map(({ label }) => label).join(', ');
  return [{ text: `Install what is missing (${names}): ${packages}.`, ...(command ? { command } : {}) }];
};
