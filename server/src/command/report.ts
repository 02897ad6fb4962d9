import type { Severity } from '../rules/rule';

/** A place in a file, as people count: from 1, columns in UTF-16 units; the end is behind the last character. */
export interface Place {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Something found, as all formats need it. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly place: Place;
  readonly related: readonly { readonly place: Place; readonly message: string }[];
}

/** All that was found. */
export interface Report {
  /** Absolute paths of the files that were looked at. */
  readonly files: readonly string[];
  /** By file, in file order. */
  readonly findings: readonly Finding[];
}

/** How many findings there are of a severity. */
export const countOf = ({ findings }: Report, wanted: Severity): number =>
  findings.filter(({ severity }) => severity === wanted).length;
