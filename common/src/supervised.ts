/**
 * Set to 1 in the launcher's environment by a program that runs it on a user's behalf: the end of standard input then
 * means that this program is gone and stops the server, and the summary for a person at a terminal is left out.
 */
export const SUPERVISED = 'MOD_WSGI_EXPRESS_SUPERVISED';

/** Whether this process was started under supervision. */
export const isSupervised = (environment: NodeJS.ProcessEnv = process.env): boolean =>
  environment[SUPERVISED] === '1';
