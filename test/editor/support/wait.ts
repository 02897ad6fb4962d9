const POLL_MS = 50;

/**
 * Waits until a condition gives something other than undefined, null and false, and returns that.
 *
 * @param what for the message: "the debug session to stop"
 * @param condition asked again and again; may throw while the thing is not there yet
 * @throws Error after `ms`, with the last thing the condition threw
 */
export const waitFor = async <T>(
  what: string,
  condition: () => T | Promise<T>,
  ms = 30_000,
): Promise<NonNullable<Exclude<T, false>>> => {
  const deadline = Date.now() + ms;
  let latest: unknown;
  do {
    try {
      const value = await condition();
      if (value !== undefined && value !== null && value !== false)
        return value as NonNullable<Exclude<T, false>>;
    } catch (error) {
      latest = error;
    }
    await pause(POLL_MS);
  } while (Date.now() < deadline);
  throw new Error(`waited ${ms / 1000} s for ${what}${latest === undefined ? '' : `; ${latest}`}`);
};

/** Lets this much time go by; for things that must not happen. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
