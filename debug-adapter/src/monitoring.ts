/**
 * Whether a Python has `sys.monitoring`, by which debugpy sees all threads, and shares the lines with coverage.py.
 *
 * @param version for instance `3.11.2`.
 */
export const hasMonitoring = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 12);
};
