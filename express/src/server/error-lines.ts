import type { Writable } from 'node:stream';
import { isSupervised } from '../../../common/src/supervised';
import type { Settings } from '../settings';
import { formatErrorLine, isLoadFailure, LOAD_ADVICE } from './error-line';

/** One failure is written several times, by each process and each request that tries again, and some write the traceback last. */
const QUIET_MS = 500;

/** Whether people look at standard error, and chose no format of their own. */
export const formatsErrorLines = ({ logging }: Pick<Settings, 'logging'>): boolean =>
  process.stderr.isTTY === true && !isSupervised() && logging.errorLogFormat === undefined;

/** Shows the error log to people, with what to do where that is known. */
export class ErrorLines {
  readonly #output: Writable;
  readonly #isColoured: boolean;
  #advice: NodeJS.Timeout | undefined;

  constructor(output: Writable, isColoured: boolean) {
    this.#output = output;
    this.#isColoured = isColoured;
  }

  readonly add = (line: string): void => {
    const text = formatErrorLine(line, this.#isColoured);
    if (text !== undefined) this.#output.write(`${text}\n`);
    if (isLoadFailure(line)) this.#advise();
  };

  #advise(): void {
    clearTimeout(this.#advice);
    this.#advice = setTimeout(() => {
      this.#output.write(`${LOAD_ADVICE}\n`);
    }, QUIET_MS);
  }

  /** Nothing more comes. */
  readonly end = (): void => clearTimeout(this.#advice);
}
