/** A lack or a mistake that the person at the terminal can mend: shown without a stack, with what to do. */
export class ScriptError extends Error {
  /**
   * @param {string} message what happened, and why
   * @param {string} action what to do about it
   */
  constructor(message, action) {
    super(message);
    this.name = 'ScriptError';
    this.action = action;
  }
}

/**
 * Runs a script's main function; a {@link ScriptError} ends it with its two sentences, anything else with its stack.
 *
 * @param {() => Promise<number | void>} main resolves to the exit code (0 where it says nothing)
 */
export const runMain = async (main) => {
  try {
    process.exitCode = (await main()) ?? 0;
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof ScriptError) console.error(`\n${error.message}\n→ ${error.action}`);
    else console.error(error);
  }
};
