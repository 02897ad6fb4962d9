import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type Diagnostic, DiagnosticSeverity, DiagnosticTag } from 'vscode-languageserver-types';
import type { Analysis } from '../analysis';
import { check, type Diagnosis } from '../rules/check';
import type { SiteDiagnosis } from '../rules/check-site';
import type { Fix, Rule, Severity } from '../rules/rule';
import type { RuleLevel } from '../settings';
import type { Range } from '../syntax/nodes';

/** Who speaks, as the editor shows it beside the message. */
export const SOURCE = 'mod_wsgi';

/** More findings than this help nobody and only cost. */
const MOST_DIAGNOSTICS = 1000;

/** What a diagnostic carries for its quick-fixes. */
export interface FixData {
  readonly replacement?: string;
  readonly fixes?: readonly ProtocolFix[];
}

/** A correction as the protocol can carry it: edits by document. */
export interface ProtocolFix {
  readonly title: string;
  readonly edits: readonly {
    readonly uri: string;
    readonly start: number;
    readonly end: number;
    readonly text: string;
  }[];
}

/** What diagnostics need beyond the document. */
export interface DiagnosticContext {
  /** The findings of the configuration in this document. */
  readonly site: readonly SiteDiagnosis[];
  readonly levels: ReadonlyMap<string, RuleLevel>;
  uriOf(path: string): string;
  /** Turns offsets of any file into positions; undefined if the file cannot be read. */
  documentOf(path: string): TextDocument | undefined;
  /** The page that explains a rule. */
  pageOf(rule: string): string | undefined;
}

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

const TAGS: Readonly<Record<NonNullable<Rule['tags']>[number], DiagnosticTag>> = {
  unnecessary: DiagnosticTag.Unnecessary,
  deprecated: DiagnosticTag.Deprecated,
};

/** The findings of all rules in one file as the protocol wants them; `code` is the rule's id. */
export const diagnostics = (
  document: TextDocument,
  analysis: Analysis,
  context: DiagnosticContext,
): Diagnostic[] => {
  // A file with NUL characters is no configuration, whatever its name says.
  if (document.getText().includes('\0')) return [];
  const found = [
    ...check(analysis).map((diagnosis) => fromLine(document, diagnosis)),
    ...context.site.slice(0, MOST_DIAGNOSTICS).map((diagnosis) => fromSite(document, diagnosis, context)),
  ];
  return found.flatMap((diagnostic) => withLevel(diagnostic, context)).slice(0, MOST_DIAGNOSTICS);
};

/**
 * Findings as they are sent. Their corrections stay here until somebody asks for them (see {@link ownOf}): each key sends
 * all findings of a document again, and a third of the text would be corrections.
 */
export const forEditor = (found: readonly Diagnostic[]): Diagnostic[] =>
  found.map(({ data: _, ...diagnostic }) => diagnostic);

/** Our own findings, with their corrections, behind those that an editor has sent back; stale ones have none. */
export const ownOf = (sent: readonly Diagnostic[], found: readonly Diagnostic[]): Diagnostic[] => {
  const keys = new Set(sent.map(keyOf));
  return found.filter((diagnostic) => keys.has(keyOf(diagnostic)));
};

const keyOf = ({ code, message, range: { start, end } }: Diagnostic): string =>
  [code, start.line, start.character, end.line, end.character, message].join(' ');

/** Applies the user's level of the rule, and adds its page. */
const withLevel = (diagnostic: Diagnostic, { levels, pageOf }: DiagnosticContext): readonly Diagnostic[] => {
  const rule = String(diagnostic.code);
  const level = levels.get(rule);
  if (level === 'off') return [];
  const page = pageOf(rule);
  return [
    {
      ...diagnostic,
      ...(level && { severity: SEVERITIES[level] }),
      ...(page !== undefined && { codeDescription: { href: page } }),
    },
  ];
};

const positionsIn = (document: TextDocument, { start, end }: Range) => ({
  start: document.positionAt(start),
  end: document.positionAt(end),
});

const fromLine = (document: TextDocument, diagnosis: Diagnosis): Diagnostic => {
  const { range, message, severity, rule, related, replacement } = diagnosis;
  return {
    range: positionsIn(document, range),
    message,
    severity: SEVERITIES[severity],
    code: rule,
    source: SOURCE,
    ...(replacement !== undefined && { data: { replacement } satisfies FixData }),
    ...(related && {
      relatedInformation: related.map((place) => ({
        location: { uri: document.uri, range: positionsIn(document, place.range) },
        message: place.message,
      })),
    }),
  };
};

const fromSite = (
  document: TextDocument,
  { at, message, severity, rule, related = [], fixes = [], tags = [] }: SiteDiagnosis,
  context: DiagnosticContext,
): Diagnostic => ({
  range: positionsIn(document, at),
  message,
  severity: SEVERITIES[severity],
  code: rule,
  source: SOURCE,
  ...(tags.length > 0 && { tags: tags.map((tag) => TAGS[tag]) }),
  ...(fixes.length > 0 && {
    data: { fixes: fixes.map((fix) => toProtocol(fix, context)) } satisfies FixData,
  }),
  ...(related.length > 0 && {
    relatedInformation: related.flatMap((place) => {
      const file = context.documentOf(place.at.file);
      if (!file) return [];
      return [
        {
          location: { uri: context.uriOf(place.at.file), range: positionsIn(file, place.at) },
          message: place.message,
        },
      ];
    }),
  }),
});

/** A change as the protocol can carry it. */
export const toProtocol = (
  { title, edits }: Fix,
  { uriOf }: Pick<DiagnosticContext, 'uriOf'>,
): ProtocolFix => ({
  title,
  edits: edits.map(({ at, text }) => ({ uri: uriOf(at.file), start: at.start, end: at.end, text })),
});
