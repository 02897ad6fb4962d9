import { invocation } from '../../invocation';
import type { Diagnosis, Finding, ModuleFinding, ModuleOrigin, ModuleState } from './findings';

const LABEL_WIDTH = 18;

const ORIGINS: Readonly<Record<ModuleOrigin, string>> = {
  given: 'given',
  bundled: 'bundled',
  pip: 'from PyPI',
  distribution: "distribution's",
};

const STATES: Readonly<Record<ModuleState, { readonly mark: string; readonly text: string }>> = {
  fits: { mark: 'ok', text: 'fits this Python' },
  buildable: { mark: 'ok', text: 'not built yet; start-server builds it the first time' },
  'not-buildable': { mark: '--', text: 'not built' },
  'wrong-python': { mark: '!!', text: "linked to another Python's library" },
  'not-installed': { mark: '--', text: 'not installed' },
};

const row = (mark: string, label: string, facts: readonly string[]): string => {
  const indent = ' '.repeat(5 + LABEL_WIDTH);
  return `  ${mark} ${label.padEnd(LABEL_WIDTH)}${facts.join(`\n${indent}`)}`;
};

const findingRow = ({ found, label, facts }: Finding): string => row(found ? 'ok' : '!!', label, facts);

const moduleRow = ({ origin, state, file, library, daemonMode, reason }: ModuleFinding): string => {
  const isThere = state === 'fits' || state === 'wrong-python';
  const facts = [
    reason ? `${STATES[state].text} (${reason})` : STATES[state].text,
    ...(isThere && file ? [file] : []),
    ...(library ? [`linked to ${library}`] : []),
    ...(daemonMode === false ? ["runs applications in Apache's own processes only"] : []),
  ];
  return row(STATES[state].mark, ORIGINS[origin], facts);
};

const verdict = ({ canServe, serves, options, advice }: Diagnosis): string[] => {
  if (canServe && serves)
    return [
      `An application can be served, with the ${ORIGINS[serves]} module:`,
      `  ${[invocation(), 'start-server app.wsgi', ...options].join(' ')}`,
    ];
  return [
    'No application can be served yet.',
    ...advice.flatMap(({ text, command }) => [text, ...(command ? [`  ${command}`] : [])]),
  ];
};

/** The diagnosis as one page for a person. */
export const diagnosisPage = (diagnosis: Diagnosis): string =>
  [
    `${diagnosis.launcher} on ${diagnosis.system}`,
    '',
    ...diagnosis.findings.map(findingRow),
    ...(diagnosis.modules.length > 0
      ? ['', 'Modules, in the order in which they are chosen:', ...diagnosis.modules.map(moduleRow)]
      : []),
    '',
    ...verdict(diagnosis),
    '',
  ].join('\n');
