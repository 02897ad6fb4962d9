// What the benchmarks of servers share: the applications, the load, and rounds that take turns.
import { which } from '../lib/process.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { processorTime } from './httpd.mjs';
import { requestRate } from './servers.mjs';
import { median, quantile } from './statistics.mjs';

export const HELLO = `def application(environ, start_response):
    body = b"Hello World!"
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
`;

/** @throws ScriptError where the program that makes the load is not installed */
export const needWrk = () => {
  if (which('wrk')) return;
  throw new ScriptError(
    'wrk, the program that makes the load, is not installed.',
    'sudo apt-get install wrk',
  );
};

/**
 * Requests per second, and the processor time of one, of all the server's processes, in microseconds.
 *
 * @param {{port: number, pid: number}} server
 * @param {number} seconds
 * @param {{url?: string, connections?: number}} [load]
 */
export const measureLoad = async (server, seconds, load) => {
  const before = processorTime(server);
  const rate = await requestRate(server.port, seconds, load);
  return { rate, cost: ((processorTime(server) - before) / (rate * seconds)) * 1e6 };
};

/**
 * Measures two things again and again, one directly behind the other and in changing order, so that a machine whose
 * speed drifts does so for both.
 *
 * @template Of, Figures
 * @param {readonly [Of, Of]} pair
 * @param {number} rounds
 * @param {(of: Of) => Promise<Figures>} measure
 * @returns {Promise<[Figures, Figures][]>} the figures of each round
 */
export const takeTurns = async ([first, second], rounds, measure) => {
  const figures = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) figures.push([await measure(first), await measure(second)]);
    else {
      const later = await measure(second);
      figures.push([await measure(first), later]);
    }
  }
  return figures;
};

/**
 * How a figure of the first relates to that of the second: the median of the rounds' own ratios, which a round that
 * something else disturbed does not move, and the quartiles.
 *
 * @param {[number, number][]} rounds
 */
export const ratioOf = (rounds) => {
  const ratios = rounds.map(([first, second]) => first / second);
  return { middle: median(ratios), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) };
};
