/**
 * A table that is asked with words of a text. It has its rows and nothing else: a plain object would also answer to `constructor` and to
 * whatever other names every object of JavaScript has.
 */
export const wordTable = <Value>(rows: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> =>
  Object.assign(Object.create(null), rows);
