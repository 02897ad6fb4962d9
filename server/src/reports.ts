import {
  type Diagnostic,
  type DocumentDiagnosticReport,
  DocumentDiagnosticReportKind,
} from 'vscode-languageserver';

interface Report {
  readonly id: string;
  readonly items: readonly Diagnostic[];
}

/** The findings that an editor was told of, so that they are not sent again while they are the same: most keys change none of them. */
export class Reports {
  private readonly last = new Map<string, Report>();
  private count = 0;

  /**
   * The answer to an editor that asks for the findings of a document.
   *
   * @param previous the number of the report that it has, if it has one
   */
  next(uri: string, items: Diagnostic[], previous: string | undefined): DocumentDiagnosticReport {
    const last = this.last.get(uri);
    if (last && last.id === previous && isSameReport(last.items, items))
      return { kind: DocumentDiagnosticReportKind.Unchanged, resultId: last.id };
    const id = String(++this.count);
    this.last.set(uri, { id, items });
    return { kind: DocumentDiagnosticReportKind.Full, resultId: id, items };
  }

  /** The document is closed. */
  forget(uri: string): void {
    this.last.delete(uri);
  }
}

const isSameReport = (before: readonly Diagnostic[], after: readonly Diagnostic[]): boolean =>
  before.length === after.length &&
  before.every((diagnostic, index) => {
    const other = after[index];
    // Findings of the whole configuration are the same objects as long as nothing about them changes.
    return diagnostic === other || JSON.stringify(diagnostic) === JSON.stringify(other);
  });
