import { type Noted, noting } from './reads';

/**
 * Lists that the same piece of work has made for many subjects. A list holds until something changes that the work has looked at beside
 * its subject. An empty one for which it has looked at nothing holds forever, and is not kept.
 */
export class Dependents<Subject, Item> {
  private readonly results = new Map<Subject, Noted<readonly Item[]>>();
  /** Lists, because most things are looked at for one or two subjects. */
  private readonly readers = new Map<string, Subject[]>();

  constructor(private readonly work: (subject: Subject) => readonly Item[]) {}

  /** What was found before; undefined if nothing is kept. */
  get(subject: Subject): readonly Item[] | undefined {
    return this.results.get(subject)?.result;
  }

  /** Does the work for a subject. */
  renew(subject: Subject): readonly Item[] {
    this.forget(subject);
    const noted = noting(this.work, subject);
    if (noted.reads.size === 0 && noted.result.length === 0) return noted.result;
    this.results.set(subject, noted);
    for (const source of noted.reads) {
      const known = this.readers.get(source);
      if (known) known.push(subject);
      else this.readers.set(source, [subject]);
    }
    return noted.result;
  }

  forget(subject: Subject): void {
    const known = this.results.get(subject);
    if (!known) return;
    for (const source of known.reads) {
      const readers = this.readers.get(source) ?? [];
      const last = readers.pop();
      if (last !== undefined && last !== subject) readers[readers.indexOf(subject)] = last;
      if (readers.length === 0) this.readers.delete(source);
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
