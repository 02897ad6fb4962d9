/**
 * A function that remembers what it made of an object, for as long as the object is used.
 *
 * @param make what else it is given must not change what it makes
 */
export const remembered = <Subject extends object, More extends readonly unknown[], Result>(
  make: (subject: Subject, ...more: More) => Result,
): ((subject: Subject, ...more: More) => Result) => {
  const results = new WeakMap<Subject, { readonly result: Result }>();
  return (subject, ...more) => {
    const known = results.get(subject);
    if (known) return known.result;
    const result = make(subject, ...more);
    results.set(subject, { result });
    return result;
  };
};
