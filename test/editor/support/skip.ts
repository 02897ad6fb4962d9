import type { Context } from 'mocha';

/**
 * Skips the running test and says why.
 *
 * @param context mocha's `this` of the test
 * @param reason names the part that is missing
 */
export const skipTest = (context: Context, reason: string): never => {
  Object.assign(context.test ?? {}, { skipReason: reason });
  return context.skip();
};

/** The reason given to {@link skipTest}. It is kept on the test because each suite is a bundle with its own modules. */
export const reasonForSkipping = (test: object): string =>
  'skipReason' in test ? String(test.skipReason) : 'marked as pending in the suite';
