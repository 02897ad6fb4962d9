import { type Diagnostic, DiagnosticSeverity } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Analysis } from '../analysis';
import { check, type Diagnosis } from '../rules/check';
import type { Severity } from '../rules/rule';
import type { Range } from '../syntax/nodes';

/** Who speaks, as the editor shows it beside the message. */
export const SOURCE = 'mod_wsgi';

/** More findings than this help nobody and only cost. */
const MOST_DIAGNOSTICS = 1000;

/** What a diagnostic carries for its quick-fix. */
export interface FixData {
  readonly replacement: string;
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** The findings of all rules in one file as the protocol wants them; `code` is the rule's id. */
export const diagnostics = (document: TextDocument, analysis: Analysis): Diagnostic[] =>
  // A file with NUL characters is no configuration, whatever its name says.
  document.getText().includes('\0')
    ? []
    : check(analysis)
        .slice(0, MOST_DIAGNOSTICS)
        .map((diagnosis) => toDiagnostic(document, diagnosis));

const toDiagnostic = (document: TextDocument, diagnosis: Diagnosis): Diagnostic => {
  const { range, message, severity, rule, related, replacement } = diagnosis;
  const positions = ({ start, end }: Range) => ({
    start: document.positionAt(start),
    end: document.positionAt(end),
  });
  return {
    range: positions(range),
    message,
    severity: SEVERITIES[severity],
    code: rule,
    source: SOURCE,
    ...(replacement !== undefined && { data: { replacement } satisfies FixData }),
    ...(related && {
      relatedInformation: related.map((place) => ({
        location: { uri: document.uri, range: positions(place.range) },
        message: place.message,
      })),
    }),
  };
};
