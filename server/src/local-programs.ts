import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { runProgram } from '../../common/src/run-program';
import { findHttpd } from '../../common/src/runtime/httpd';
import { moduleLibpython } from '../../common/src/runtime/installed-module';
import { makeTemporaryFolder } from '../../common/src/temporary-folder';
import type { Programs } from './programs';

/** A configuration test takes a twentieth of a second; what takes this long hangs. */
const MOST_TIME = 20_000;

/** The programs of the machine that the server runs on. */
export const localPrograms: Programs = {
  libraryOf: moduleLibpython,
  findApache: (named) => findHttpd(named === undefined ? {} : { httpd: named }),
  run: (program, args, { environment, signal }) =>
    runProgram(program, args, { environment, signal, timeoutMs: MOST_TIME }),
  withFile: async (text, use) => {
    const folder = makeTemporaryFolder('mod-wsgi-language-');
    try {
      const file = path.join(folder, 'httpd.conf');
      await writeFile(file, text, { mode: 0o600 });
      return await use(file);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
