/**
 * A promise's result, if it comes in time.
 *
 * @param late makes the error where it does not.
 */
export const within = async <T>(
  milliseconds: number,
  promise: Promise<T>,
  late: () => Error = () => new Error(`no answer within ${milliseconds / 1000} s`),
): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), milliseconds);
  });
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
};
