import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of everything whose command line contains the text, from /proc. */
export const processesNaming = (text: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);

/** SCHED_BATCH of sched.h. */
const SCHED_BATCH = 3;

/** Which of all processes whose command line contains the text Linux schedules as batch work, by /proc/PID/stat. */
export const areBatch = (text: string): boolean[] =>
  processesNaming(text).map((pid) => {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The policy is the 41st field; the second is a name that may hold anything.
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[38]) === SCHED_BATCH;
  });
