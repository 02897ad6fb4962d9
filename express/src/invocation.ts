import path from 'node:path';
import { shellWord } from './server-root/shell-words';

/** What the invocation is read from: that of this process, but for tests. */
type Caller = Pick<NodeJS.Process, 'argv' | 'execPath' | 'env'> & { readonly cwd: () => string };

/** The name of the program in the package. */
const NAME = 'mod-wsgi-express';

/** How people have called this program, as the beginning of a command line that they can repeat. */
export const invocation = ({ argv: [, script = ''], env, cwd }: Caller = process): string => {
  if (path.basename(script) === NAME) return env.npm_command === 'exec' ? `npx ${NAME}` : NAME;
  const relative = path.relative(cwd(), script);
  return `node ${shellWord(relative.startsWith('..') ? script : relative)}`;
};

/** The same for root, whose PATH is another one. */
export const invocationAsRoot = ({ argv: [, script = ''], execPath }: Caller = process): string =>
  `sudo ${shellWord(execPath)} ${shellWord(script)}`;
