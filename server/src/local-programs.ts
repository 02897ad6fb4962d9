import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ProgramResult, runProgram } from '../../common/src/run-program';
import { findHttpd } from '../../common/src/runtime/httpd';
import { moduleLibpython } from '../../common/src/runtime/installed-module';
import { makeTemporaryFolder } from '../../common/src/temporary-folder';
import type { Programs } from './programs';

/** A configuration test takes a twentieth of a second; what takes this long hangs. */
const MOST_TIME = 20_000;

/** A configuration test of a thousand hosts writes some hundred kilobytes. */
const MOST_OUTPUT = 2_000_000;

/** What ended a program that has not ended by itself, and what to do. */
const whyEnded = ({ endedBy, failure }: ProgramResult): readonly [string, string] => {
  switch (endedBy) {
    case 'timeout':
      return [
        `it was ended after ${MOST_TIME / 1000} seconds`,
        'Run it in a terminal to see where it hangs: a host name that cannot be looked up, a file system, a command in the configuration.',
      ];
    case 'abort':
      return ['it was ended, since something newer was asked', 'Ask again.'];
    case 'output':
      return [`it was ended, since it wrote without end`, 'Run it in a terminal to see what it writes.'];
    case undefined:
      return [
        `it could not be started: ${failure?.message ?? 'the system does not say why'}`,
        'See whether this account may run it.',
      ];
    default:
      return [
        `it crashed (${endedBy})`,
        'Run it in a terminal, and leave modules out one by one: it is probably one of them that crashes.',
      ];
  }
};

/** The programs of the machine that the server runs on. */
export const localPrograms: Programs = {
  libraryOf: moduleLibpython,
  findApache: (named) => findHttpd(named === undefined ? {} : { httpd: named }),
  run: async (program, args, { environment, signal }) => {
    const limits = { timeoutMs: MOST_TIME, mostOutput: MOST_OUTPUT };
    const end = await runProgram(program, args, { environment, signal, ...limits });
    return end.exitCode === undefined || end.endedBy ? { ...end, why: whyEnded(end) } : end;
  },
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
