import { type Diagnostic, DiagnosticSeverity, type Range } from 'vscode-languageserver-types';
import { UserError } from '../../../common/src/errors';
import { Disk } from '../configuration/disk';
import type { Severity } from '../rules/rule';
import { Session } from '../session';
import { write } from './formats';
import type { Finding, Place, Report } from './report';
import { filesToCheck } from './targets';
import { type CheckOptions, readCommandLine, SEVERITIES, USAGE } from './usage';

/** Where the command writes. */
export interface Output {
  out(text: string): void;
  error(text: string): void;
}

/**
 * `mod-wsgi-language-server check`: the findings of the editor, for a terminal or a build.
 *
 * @param argv what stands behind `check`
 * @param folder the working directory
 * @returns the exit status: 0 nothing bad, 1 something found, 2 the command line or a path is wrong
 */
export const check = (argv: readonly string[], folder: string, output: Output): number => {
  try {
    const options = readCommandLine(argv, folder);
    if (options === 'help') {
      output.out(USAGE);
      return 0;
    }
    const report = makeReport(options);
    const { level, failOn } = options;
    output.out(write({ ...report, findings: atLeast(report, level) }, options.format, folder));
    return failOn !== undefined && atLeast(report, failOn).length > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    output.error(`${error.toText()}\n`);
    return 2;
  }
};

const atLeast = ({ findings }: Report, least: Severity): readonly Finding[] => {
  const wanted = SEVERITIES.slice(0, SEVERITIES.indexOf(least) + 1);
  return findings.filter(({ severity }) => wanted.includes(severity));
};

const makeReport = ({ paths, settings }: CheckOptions): Report => {
  const session = new Session(new Disk(), undefined);
  session.configure(settings);
  const files = filesToCheck(session, paths);
  const findings = files.flatMap((file) => {
    const document = session.documentOf(file);
    return document ? session.diagnosticsOf(document).map((each) => toFinding(session, file, each)) : [];
  });
  return { files, findings };
};

const toFinding = (session: Session, file: string, diagnostic: Diagnostic): Finding => ({
  rule: String(diagnostic.code),
  severity: SEVERITY_OF[diagnostic.severity ?? DiagnosticSeverity.Error],
  message: typeof diagnostic.message === 'string' ? diagnostic.message : diagnostic.message.value,
  place: placeOf(file, diagnostic.range),
  related: (diagnostic.relatedInformation ?? []).map(({ location, message }) => ({
    place: placeOf(session.workspace.pathOf(location.uri), location.range),
    message,
  })),
});

const SEVERITY_OF: Readonly<Record<DiagnosticSeverity, Severity>> = {
  [DiagnosticSeverity.Error]: 'error',
  [DiagnosticSeverity.Warning]: 'warning',
  [DiagnosticSeverity.Information]: 'information',
  [DiagnosticSeverity.Hint]: 'hint',
};

const placeOf = (file: string, { start, end }: Range): Place => ({
  file,
  line: start.line + 1,
  column: start.character + 1,
  endLine: end.line + 1,
  endColumn: end.character + 1,
});
