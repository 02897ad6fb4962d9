// What the benchmarks of servers share: the applications, the load, and rounds that take turns.
import { which } from '../lib/process.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { processorTime } from './httpd.mjs';
import { requestRate } from './servers.mjs';
import { median, quantile } from './statistics.mjs';
import { withStolenTime } from './stolen-time.mjs';

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

/** A round in which the host took more than this part of the processors' time says more about the host. */
const MOST_STOLEN = 0.02;

/** So many times the rounds that are wanted are measured at most. */
const PATIENCE = 3;

/**
 * Measures two things again and again, one directly behind the other and in changing order, so that a machine whose
 * speed drifts does so for both. Rounds that a virtual machine's host disturbs are measured again, whatever their figures; where it
 * disturbs most of them, the least disturbed ones count.
 *
 * @template Of, Figures
 * @param {readonly [Of, Of]} pair
 * @param {number} rounds
 * @param {(of: Of) => Promise<Figures>} measure
 * @returns {Promise<[Figures, Figures][]>} the figures of each round
 */
export const takeTurns = async ([first, second], rounds, measure) => {
  const measured = [];
  const isQuiet = ({ stolen }) => stolen <= MOST_STOLEN;
  while (measured.filter(isQuiet).length < rounds && measured.length < PATIENCE * rounds) {
    const isTurned = measured.length % 2 === 1;
    measured.push(
      await withStolenTime(async () => {
        const [one, other] = isTurned ? [second, first] : [first, second];
        const figures = [await measure(one), await measure(other)];
        return isTurned ? figures.reverse() : figures;
      }),
    );
  }
  const counted = measured.toSorted((one, other) => one.stolen - other.stolen).slice(0, rounds);
  if (measured.length > rounds)
    console.log(
      `(${measured.length - rounds} of ${measured.length} rounds left out: the host took up to ` +
        `${mostStolen(measured)} of the processors' time away, in those that count up to ${mostStolen(counted)})`,
    );
  return counted.map(({ result }) => result);
};

const mostStolen = (rounds) => `${Math.round(100 * Math.max(...rounds.map(({ stolen }) => stolen)))} %`;

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
