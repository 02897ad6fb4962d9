import { type Directive, findDirective, findSection } from '../catalogue/directives';
import { type DaemonGroup, execute, type RunProblem } from './execute';
import { escapeLogged } from './log';
import type { Machine, Server } from './machine';
import type { ConfigNode } from './nodes';
import { type ReadProblem, readFile } from './read';
import { type Definition, type Execution, type Notice, ReadState } from './state';

/** What to read, where, and as which server. */
export interface Assignment {
  readonly server: Server;
  readonly machine: Machine;
  /** The root file as httpd would name it. */
  readonly file: string;
  /** The root file's text where the one on disk is not meant, as for a file being edited. */
  readonly text?: string;
  /** Directives of modules that the tables do not have; they win over the tables. */
  readonly extraDirectives?: readonly Directive[];
}

/** The configuration as httpd assembles it, up to the first mistake. */
export interface Assembly {
  readonly nodes: readonly ConfigNode[];
  readonly executions: readonly Execution[];
  readonly notices: readonly Notice[];
  /** The mistake that keeps the server from reading on; `-t` names only one. */
  readonly readProblem: ReadProblem | undefined;
  /** The mistake found when the directives were carried out, which needs a tree without mistakes. */
  readonly runProblem: RunProblem | undefined;
  readonly definitions: readonly Definition[];
  readonly filesRead: readonly string[];
}

export type { DaemonGroup };

/** Reads a configuration as Apache would, without Apache: a pure function of its arguments. */
export const assemble = (assignment: Assignment): Assembly => {
  const { server, machine, file, extraDirectives = [] } = assignment;
  const extra = new Map(extraDirectives.map((directive) => [tagName(directive).toLowerCase(), directive]));
  const state = new ReadState(server, machine, (name) => extra.get(name.toLowerCase()) ?? lookUp(name));
  for (const directive of extraDirectives) state.modules.add(directive.module);
  const text = assignment.text ?? machine.files.read(file) ?? '';
  const { nodes, problem } = readFile(state, file, text);
  state.topNodes = nodes;
  const runProblem = problem ? undefined : execute(state, nodes);
  return {
    nodes,
    executions: state.executions,
    notices: state.notices,
    readProblem: problem,
    runProblem,
    definitions: state.definitions,
    filesRead: state.filesRead,
  };
};

const tagName = ({ name, section }: Directive): string => (section ? `<${name}` : name);

const lookUp = (name: string): Directive | undefined =>
  name.startsWith('<') ? findSection(name.slice(1)) : findDirective(name);

/** What `httpd -t` prints about an assembly, line by line, and the status it exits with. */
export const configTest = (
  assembly: Assembly,
  server: Server,
): { readonly lines: readonly string[]; readonly exitCode: number } => {
  const { readProblem, runProblem } = assembly;
  const notices = assembly.notices.map(({ level, text }) => `[${level}] ${escapeLogged(text)}`);
  const problems = readProblem
    ? [
        escapeLogged(
          `${server.program}: Syntax error on line ${readProblem.origin.line} of ${readProblem.origin.file}: ${readProblem.message}`,
        ),
      ]
    : runProblem
      ? runLines(runProblem)
      : [];
  return { lines: [...notices, ...problems], exitCode: problems.length > 0 ? 1 : 0 };
};

const runLines = (problem: RunProblem): string[] =>
  problem.fatal !== undefined
    ? [problem.fatal]
    : [
        `AH00526: Syntax error on line ${problem.origin.line} of ${problem.origin.file}:`,
        escapeLogged(problem.message),
      ];
