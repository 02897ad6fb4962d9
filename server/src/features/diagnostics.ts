import type { TextDocument } from 'vscode-languageserver-textdocument';
import {
  type Diagnostic,
  type DiagnosticRelatedInformation,
  DiagnosticSeverity,
  DiagnosticTag,
  type Range,
} from 'vscode-languageserver-types';
import type { Analysis } from '../analysis';
import type { SourceRange } from '../configuration/entries';
import { LinePlace } from '../configuration/line-place';
import { check, type Diagnosis } from '../rules/check';
import type { SiteDiagnosis } from '../rules/check-site';
import type { Fix, Rule, Severity } from '../rules/rule';
import type { RuleLevel } from '../settings';
import type { Range as Offsets } from '../syntax/nodes';

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

/**
 * A diagnostic with its corrections, which are made and told only to who asks for them (see {@link ownOf}): each key sends the findings of
 * a document again, and a third of the text would be corrections.
 */
class Finding implements Diagnostic {
  declare readonly range: Range;
  declare readonly message: Diagnostic['message'];
  readonly #corrections: () => FixData | undefined;

  constructor(said: Omit<Diagnostic, 'data'>, corrections: () => FixData | undefined) {
    Object.assign(this, said);
    this.#corrections = corrections;
  }

  get data(): FixData | undefined {
    return this.#corrections();
  }
}

/** The findings of all rules in one file as the protocol wants them; `code` is the rule's id. */
export const diagnostics = (
  document: TextDocument,
  analysis: Analysis,
  context: DiagnosticContext,
): Diagnostic[] => {
  // A file with NUL characters is no configuration, whatever its name says.
  if (document.getText().includes('\0')) return [];
  const isOn = ({ rule }: Diagnosis | SiteDiagnosis): boolean => context.levels.get(rule) !== 'off';
  const ofLines = check(analysis).filter(isOn).slice(0, MOST_DIAGNOSTICS);
  const ofSite = context.site.filter(isOn).slice(0, MOST_DIAGNOSTICS - ofLines.length);
  return [
    ...ofLines.map((diagnosis) => fromLine(document, diagnosis, context)),
    ...ofSite.map((diagnosis) => fromSite(document, diagnosis, context)),
  ];
};

/** Our own findings, with their corrections, behind those that an editor has sent back; stale ones have none. */
export const ownOf = (sent: readonly Diagnostic[], found: readonly Diagnostic[]): Diagnostic[] => {
  const keys = new Set(sent.map(keyOf));
  return found.filter((diagnostic) => keys.has(keyOf(diagnostic)));
};

const keyOf = ({ code, message, range: { start, end } }: Diagnostic): string =>
  [code, start.line, start.character, end.line, end.character, message].join(' ');

/** What the rule and the user's settings say of a finding. */
const ofRule = (
  { rule, severity }: Diagnosis | SiteDiagnosis,
  { levels, pageOf }: DiagnosticContext,
): Pick<Diagnostic, 'severity' | 'code' | 'source' | 'codeDescription'> => {
  const level = levels.get(rule);
  const page = pageOf(rule);
  return {
    severity: SEVERITIES[level === undefined || level === 'off' ? severity : level],
    code: rule,
    source: SOURCE,
    ...(page !== undefined && { codeDescription: { href: page } }),
  };
};

const positionsIn = (document: TextDocument, { start, end }: Offsets): Range => ({
  start: document.positionAt(start),
  end: document.positionAt(end),
});

const fromLine = (document: TextDocument, diagnosis: Diagnosis, context: DiagnosticContext): Diagnostic => {
  const { range, message, related, replacement } = diagnosis;
  const diagnostic = {
    range: positionsIn(document, range),
    message,
    ...ofRule(diagnosis, context),
    ...(related && {
      relatedInformation: related.map((place) => ({
        location: { uri: document.uri, range: positionsIn(document, place.range) },
        message: place.message,
      })),
    }),
  };
  return new Finding(diagnostic, () => (replacement === undefined ? undefined : { replacement }));
};

/** What a finding became, and what that depends on. */
interface Known {
  readonly diagnostic: Diagnostic;
  readonly levels: DiagnosticContext['levels'];
  readonly line: number | undefined;
  readonly related: readonly (readonly [line: number | undefined, uri: string])[];
}

const known = new WeakMap<SiteDiagnosis, Known>();

/** A finding stays the same, and so does its diagnostic, as long as the lines it speaks of have the numbers they had. */
const fromSite = (
  document: TextDocument,
  diagnosis: SiteDiagnosis,
  context: DiagnosticContext,
): Diagnostic => {
  const { levels, uriOf, documentOf } = context;
  const { at, related = [] } = diagnosis;
  const before = known.get(diagnosis);
  if (
    before?.levels === levels &&
    before.line === lineNumberOf(at, document) &&
    related.every((place, index) => {
      const [line, uri] = before.related[index] ?? [];
      return line === lineNumberOf(place.at, documentOf(place.at.file)) && uri === uriOf(place.at.file);
    })
  )
    return before.diagnostic;
  const made: Known = {
    diagnostic: makeDiagnostic(document, diagnosis, context),
    levels,
    line: lineNumberOf(at, document),
    related: related.map((place) => [
      lineNumberOf(place.at, documentOf(place.at.file)),
      uriOf(place.at.file),
    ]),
  };
  // Of a place that is no line's nobody knows whether it moves.
  if (made.line !== undefined && made.related.every(([line]) => line !== undefined))
    known.set(diagnosis, made);
  return made.diagnostic;
};

/** The number that an editor gives a line: a carriage return alone ends a line there, but none of Apache's. */
const lineNumberOf = (place: SourceRange, document: TextDocument | undefined): number | undefined =>
  place instanceof LinePlace && place.line ? document?.positionAt(place.start).line : undefined;

const makeDiagnostic = (
  document: TextDocument,
  diagnosis: SiteDiagnosis,
  context: DiagnosticContext,
): Diagnostic => {
  const { at, message, related = [], fixes = [], tags = [] } = diagnosis;
  const diagnostic = {
    range: positionsIn(document, at),
    message,
    ...ofRule(diagnosis, context),
    ...(tags.length > 0 && { tags: tags.map((tag) => TAGS[tag]) }),
    ...(related.length > 0 && { relatedInformation: related.flatMap((place) => relatedIn(place, context)) }),
  };
  return new Finding(diagnostic, () =>
    fixes.length > 0 ? { fixes: fixes.map((fix) => toProtocol(fix, context)) } : undefined,
  );
};

const relatedIn = (
  { at, message }: NonNullable<SiteDiagnosis['related']>[number],
  { documentOf, uriOf }: DiagnosticContext,
): DiagnosticRelatedInformation[] => {
  const file = documentOf(at.file);
  return file ? [{ location: { uri: uriOf(at.file), range: positionsIn(file, at) }, message }] : [];
};

/** A change as the protocol can carry it. */
export const toProtocol = (
  { title, edits }: Fix,
  { uriOf }: Pick<DiagnosticContext, 'uriOf'>,
): ProtocolFix => ({
  title,
  edits: edits.map(({ at, text }) => ({ uri: uriOf(at.file), start: at.start, end: at.end, text })),
});
