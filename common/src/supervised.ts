/**
 * Set to 1 in the launcher's environment by a program that runs it on a user's behalf: the end of standard input then
 * means that this program is gone and stops the server, and the summary for a person at a terminal is left out.
 */
export const SUPERVISED = 'MOD_WSGI_EXPRESS_SUPERVISED';

/** Whether this process was started under supervision. */
export const isSupervised = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  environment[SUPERVISED] === '1';

/**
 * The only argument of a launcher that a program starts before it knows what to serve: the launcher loads meanwhile, and
 * takes the rest as one message, a {@link StandByOrder}, over Node's channel between parent and child.
 */
export const STAND_BY = '--stand-by';

/** What a launcher that stands by goes on with, as if it had been started so. */
export interface StandByOrder {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}
