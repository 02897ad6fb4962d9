/**
 * A value that the driver passes through the environment.
 *
 * @throws Error where it is missing: the suite was not started by the driver
 */
export const setting = (name: string): string => {
  const value = process.env[name];
  if (value === undefined)
    throw new Error(`${name} is not set; editor suites are run by scripts/test-editor.mjs`);
  return value;
};
