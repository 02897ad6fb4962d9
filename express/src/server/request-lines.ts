import type { Writable } from 'node:stream';
import { isSupervised } from '../../../common/src/supervised';
import type { Settings } from '../settings';
import { formatRequestLine } from './request-line';

/** More than anybody can read, and so few that a load test is not slowed down by its own terminal. */
const LINES_PER_SECOND = 50;

/** Whether people look at standard output, and no log of their own choice goes there. */
export const showsRequestLines = (settings: Pick<Settings, 'accessLog'>): boolean =>
  process.stdout.isTTY === true && !isSupervised() && !settings.accessLog;

/** Whether a terminal gets colours: https://no-color.org has the rule. */
export const hasColour = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  !environment.NO_COLOR && environment.TERM !== 'dumb';

/** Shows requests to people, and counts those that come too fast to be read. */
export class RequestLines {
  readonly #output: Writable;
  readonly #isColoured: boolean;
  #shown = 0;
  #hidden = 0;
  #second: NodeJS.Timeout | undefined;

  constructor(output: Writable, isColoured: boolean) {
    this.#output = output;
    this.#isColoured = isColoured;
  }

  readonly add = (line: string): void => {
    this.#second ??= setTimeout(this.end, 1000);
    if (this.#shown >= LINES_PER_SECOND) {
      this.#hidden += 1;
      return;
    }
    const text = formatRequestLine(line, this.#isColoured);
    if (text === undefined) return;
    this.#shown += 1;
    this.#output.write(`${text}\n`);
  };

  /** Ends the current second: says how many requests were not shown. */
  readonly end = (): void => {
    clearTimeout(this.#second);
    this.#second = undefined;
    if (this.#hidden > 0) this.#output.write(`         … and ${this.#hidden} more requests\n`);
    this.#shown = 0;
    this.#hidden = 0;
  };
}
