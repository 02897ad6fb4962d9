import { noting, type Reads } from './reads';

/**
 * Results of the same piece of work for many subjects. A result holds until something changes that the work has looked at beside its
 * subject.
 */
export class Dependents<Subject, Result> {
  private readonly results = new Map<Subject, { readonly result: Result; readonly reads: Reads }>();
  private readonly readers = new Map<string, Set<Subject>>();

  /** What was found before; undefined if there is nothing that holds. */
  get(subject: Subject): Result | undefined {
    return this.results.get(subject)?.result;
  }

  /** Does the work for a subject. */
  renew(subject: Subject, work: () => Result): Result {
    this.forget(subject);
    const noted = noting(work);
    this.results.set(subject, noted);
    for (const source of noted.reads) {
      const known = this.readers.get(source);
      if (known) known.add(subject);
      else this.readers.set(source, new Set([subject]));
    }
    return noted.result;
  }

  /** True if the result of a subject may have to be renewed some day. */
  depends(subject: Subject): boolean {
    return (this.results.get(subject)?.reads.size ?? 0) > 0;
  }

  forget(subject: Subject): void {
    for (const source of this.results.get(subject)?.reads ?? []) {
      const readers = this.readers.get(source);
      readers?.delete(subject);
      if (readers?.size === 0) this.readers.delete(source);
    }
    this.results.delete(subject);
  }

  /** The subjects whose results no longer hold. */
  affectedBy(changed: ReadonlySet<string>): ReadonlySet<Subject> {
    const found = new Set<Subject>();
    for (const source of changed) for (const subject of this.readers.get(source) ?? []) found.add(subject);
    return found;
  }
}
