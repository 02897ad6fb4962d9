// What the host of a virtual machine takes away from its processors.
import { readFileSync } from 'node:fs';

/**
 * Ticks of all processors since the machine started, and those in which something could have run but the host ran
 * something else (https://man7.org/linux/man-pages/man5/proc_stat.5.html).
 */
const ticks = () => {
  const [, ...fields] = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0].trim().split(/\s+/).map(Number);
  // The last two, of guests, are in the first two already.
  const counted = fields.slice(0, 8);
  return { all: counted.reduce((sum, field) => sum + field, 0), stolen: counted[7] ?? 0 };
};

/**
 * Measures something and the part of the processors' time that was stolen meanwhile, from 0 to 1.
 *
 * @template Result
 * @param {() => Promise<Result>} measure
 * @returns {Promise<{result: Result, stolen: number}>}
 */
export const withStolenTime = async (measure) => {
  const before = ticks();
  const result = await measure();
  const after = ticks();
  return { result, stolen: (after.stolen - before.stolen) / Math.max(1, after.all - before.all) };
};
