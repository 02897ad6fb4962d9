import { type Directive, serverName } from '../catalogue/directives';
import { cutArguments } from './arguments';
import { placeOf } from './context';
import { afterHandlers, handlers } from './handlers/table';
import { type ConfigNode, isSection, type Origin } from './nodes';
import { checkPlace } from './place-check';
import type { ReadProblem } from './read';
import type { ReadState } from './state';

/** The server gave up on its own, outside of any line. */
export interface FatalProblem {
  readonly fatal: string;
}

/** What a handler may look at and change. */
export interface Call {
  readonly node: ConfigNode;
  readonly directive: Directive;
  /** Canonical name, `<` included. */
  readonly name: string;
  /** The words of this call; the raw text for RAW_ARGS. */
  readonly words: readonly string[];
  /** All of the directive's text. */
  readonly raw: string;
  readonly state: ReadState;
  readonly run: RunState;
}

/** httpd's message if it refuses the directive, or a reason to stop at once. */
export type Handler = (call: Call) => string | FatalProblem | undefined;

/** What a section's handler only sees once its content has been carried out. */
export type AfterHandler = (node: ConfigNode, state: ReadState, run: RunState) => string | undefined;

/** A daemon process group, as declared. */
export interface DaemonGroup {
  readonly name: string;
  readonly virtualHost: ConfigNode | undefined;
  readonly origin: Origin;
}

/** What the directives have set up so far while they are carried out. */
export interface RunState {
  readonly daemonGroups: Map<string, DaemonGroup>;
  /** ServerName by virtual host; under undefined, the main server's. */
  readonly serverNames: Map<ConfigNode | undefined, string>;
  readonly authorizationDirectives: Set<ConfigNode>;
}

/** Where carrying out the directives ended. */
export type RunProblem = (ReadProblem & { readonly fatal?: undefined }) | FatalProblem;

/**
 * Carries out the directives of the assembled configuration in order, as far as this project knows their handlers:
 * contexts and argument counts of all, the meaning of some.
 */
export const execute = (state: ReadState, nodes: readonly ConfigNode[]): RunProblem | undefined => {
  const run: RunState = {
    daemonGroups: new Map(),
    serverNames: new Map(),
    authorizationDirectives: new Set(),
  };
  return executeAll(state, run, nodes);
};

const executeAll = (
  state: ReadState,
  run: RunState,
  nodes: readonly ConfigNode[],
): RunProblem | undefined => {
  for (const node of nodes) {
    const problem = executeNode(state, run, node);
    if (problem) return problem;
  }
  return undefined;
};

const executeNode = (state: ReadState, run: RunState, node: ConfigNode): RunProblem | undefined => {
  const failed = (message: string): RunProblem => ({ message, origin: node.origin });
  const directive = state.knows(node.name);
  if (!directive)
    return failed(
      `Invalid command '${node.name}', perhaps misspelled or defined by a module not included in the server configuration`,
    );
  const name = serverName(directive);
  const misplaced = checkPlace(node, directive, name, placeOf(node));
  if (misplaced !== undefined) return failed(misplaced);
  const cut = cutArguments({ name, args: directive.args, help: directive.help }, node.args);
  if (cut.problem !== undefined) return failed(cut.problem);
  for (const words of cut.calls) {
    const problem = handlers[name.toLowerCase()]?.({
      node,
      directive,
      name,
      words,
      raw: node.args,
      state,
      run,
    });
    if (typeof problem === 'object') return problem;
    if (problem !== undefined) return failed(problem);
    state.executions.push({
      name,
      args: words,
      raw: directive.args === 'RAW_ARGS',
      origin: node.origin,
      parent: node.parent?.name,
    });
  }
  if (!isSection(node)) return undefined;
  const below = executeAll(state, run, node.children);
  if (below) return below;
  const unfinished = afterHandlers[name.toLowerCase()]?.(node, state, run);
  return unfinished === undefined ? undefined : failed(unfinished);
};
