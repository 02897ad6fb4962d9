/** A function that remembers what it made of an object, for as long as the object is used. */
export const remembered = <Subject extends object, Result>(
  make: (subject: Subject) => Result,
): ((subject: Subject) => Result) => {
  const results = new WeakMap<Subject, { readonly result: Result }>();
  return (subject) => {
    const known = results.get(subject);
    if (known) return known.result;
    const result = make(subject);
    results.set(subject, { result });
    return result;
  };
};
