import process from 'node:process';
import { check } from './check';

const [first = '', ...rest] = process.argv.slice(2);

process.exitCode = check(first === 'check' ? rest : [first], process.cwd(), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
});

/** For who checks more than once in one process. */
export { check };
