/**
 * Puts the values of environment variables in place of `$NAME` and `${NAME}` in words, as upstream's launcher does;
 * shells leave them where quotes are single, and launch configurations have no shell. A variable that is not set stays
 * as it is written.
 */
export const expandVariables = (
  words: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): string[] =>
  words.map((word) =>
    word.replace(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (reference, braced?: string, plain?: string) => environment[braced ?? plain ?? ''] ?? reference,
    ),
  );
