import { readFileSync } from 'node:fs';
import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AgentChannel } from './agent-channel';
import { isOfCause, Refusal } from './engine';
import { type Ask, callInFrame } from './frame-calls';
import { PDB_COMMANDS, type PdbAction, pdbCommand, pdbHelp } from './pdb-commands';

/** An entry that may be a command: a name, and what stands after it. */
const ENTRY = /^\s*(?<name>[a-z]+|\?)(?:\s+(?<argument>\S.*?))?\s*$/s;

const LEAVE_INTERPRETER = /^\s*(exit|quit)\s*(\(\s*\))?\s*$/;

interface Answer {
  readonly result: string;
  readonly variablesReference: number;
}

const said = (result: string): Answer => ({ result, variablesReference: 0 });

/** Where the console is: `up` and `down` move it away from the frame that the editor shows. */
interface Position {
  /** The frame that the editor shows. */
  readonly shown: number;
  readonly threadId: number;
  readonly frameId: number;
  readonly isInterpreter: boolean;
}

/** What the console does beyond evaluating. */
export interface ConsoleActions {
  /** Have a thread go on: `continue`, `next`, `stepIn` or `stepOut`. */
  readonly resume: (command: string, threadId: number) => Promise<unknown>;
  /** Let a thread's request end without another stop. */
  readonly quit: (threadId: number) => Promise<unknown>;
  /** Send a stopped thread's request again. */
  readonly replay: (threadId: number) => Promise<unknown>;
}

/**
 * The debug console of one process: takes pdb's commands beside Python. Each command is carried out through the
 * protocol's own requests, so that it works with whatever debugs the process.
 */
export class PdbConsole {
  private readonly framesOfThread = new Map<number, Set<number>>();
  private position: Position | undefined;

  /** @param ask carries out a request of the protocol in this process. */
  constructor(
    private readonly agent: AgentChannel,
    private readonly ask: Ask,
    private readonly actions: ConsoleActions,
  ) {}

  /** Take note of a stack that the client was given: frames are asked about without their thread. */
  noteStack(threadId: number, frames: readonly { readonly id: number }[], start: number): void {
    const before = start > 0 ? (this.framesOfThread.get(threadId) ?? []) : [];
    this.framesOfThread.set(threadId, new Set([...before, ...frames.map(({ id }) => id)]));
  }

  /** The thread whose stack has a frame. */
  threadOf(frameId: number): number | undefined {
    return [...this.framesOfThread].find(([, frames]) => frames.has(frameId))?.[0];
  }

  /** A thread has gone on, or has stopped elsewhere: the console is in none of its frames any more. */
  leave(threadId: number): void {
    if (this.position?.threadId === threadId) this.position = undefined;
  }

  /**
   * An entry of the console: a command, or else Python in the frame where the console is.
   *
   * @returns the body of the evaluate response.
   * @throws Refusal with what the user should know; Error with what Python raised.
   */
  async enter(args: DebugProtocol.EvaluateArguments): Promise<unknown> {
    const { expression, frameId } = args;
    const name = ENTRY.exec(expression)?.groups?.name;
    if (frameId === undefined) return name === 'help' ? said(pdbHelp('')) : this.python(args);
    const position = this.positionFor(frameId);
    if (position?.isInterpreter) return this.interpret(position, expression);
    if (expression.trimStart().startsWith('!'))
      return this.python(args, expression.replace(/^\s*!\s*/, ''), position);
    const command = name === undefined ? undefined : pdbCommand(name);
    if (!command || !position || (await this.isPython(expression, position.frameId)))
      return this.python(args, expression, position);
    return this.carryOut(command.action, ENTRY.exec(expression)?.groups?.argument ?? '', position, args);
  }

  /** Completions: the commands that begin so, and the engine's own. */
  async complete(args: DebugProtocol.CompletionsArguments): Promise<unknown> {
    const position = args.frameId === undefined ? undefined : this.positionFor(args.frameId);
    const own = position?.isInterpreter ? [] : commandCompletions(args.text.slice(0, args.column - 1));
    const frame = position ? { frameId: position.frameId } : {};
    const python = (await this.ask('completions', { ...args, ...frame }).catch(() => ({ targets: [] }))) as {
      targets: DebugProtocol.CompletionItem[];
    };
    return { targets: [...own, ...python.targets] };
  }

  private positionFor(shown: number): Position | undefined {
    if (this.position?.shown === shown) return this.position;
    const threadId = this.threadOf(shown);
    this.position =
      threadId === undefined ? undefined : { shown, threadId, frameId: shown, isInterpreter: false };
    return this.position;
  }

  private python(
    args: DebugProtocol.EvaluateArguments,
    expression = args.expression,
    position?: Position,
  ): Promise<unknown> {
    return this.ask('evaluate', { ...args, expression, ...(position && { frameId: position.frameId }) });
  }

  private isPython(source: string, frameId: number): Promise<boolean> {
    return callInFrame(this.agent, frameId, 'isPython', { source });
  }

  private async interpret(position: Position, source: string): Promise<Answer> {
    if (LEAVE_INTERPRETER.test(source)) {
      this.position = { ...position, isInterpreter: false };
      return said('Back in the debug console.');
    }
    return said(await callInFrame(this.agent, position.frameId, 'interactEntry', { source }));
  }

  private async carryOut(
    action: PdbAction,
    argument: string,
    position: Position,
    args: DebugProtocol.EvaluateArguments,
  ): Promise<unknown> {
    const { frameId, threadId } = position;
    switch (action.kind) {
      case 'where':
        return said(whereText(await this.stack(threadId), frameId));
      case 'move':
        return this.move(position, action.by * countOf(argument));
      case 'list':
        return said(
          await callInFrame(this.agent, frameId, 'list', {
            ...rangeOf(argument),
          }),
        );
      case 'atPlace': {
        const text = await callInFrame(this.agent, frameId, action.call, {});
        if (action.call === 'interact') this.position = { ...position, isInterpreter: true };
        return said(text);
      }
      case 'ofExpression':
        return said(
          await callInFrame(this.agent, frameId, action.call, { expression: needed(argument, action.call) }),
        );
      case 'print':
        return this.python(args, needed(argument, 'p'), position);
      case 'exceptions':
        return said(await this.exceptionText(threadId));
      case 'resume':
        await this.actions.resume(action.request, threadId);
        return said('');
      case 'replay':
        await this.actions.replay(threadId);
        return said('');
      case 'quit':
        await this.actions.quit(threadId);
        return said('');
      case 'help':
        return said(pdbHelp(argument));
      case 'elsewhere':
        throw new Refusal(action.where);
    }
  }

  private async move(position: Position, by: number): Promise<Answer> {
    const frames = await this.stack(position.threadId);
    const from = frames.findIndex(({ id }) => id === position.frameId);
    if (from + by < 0 && from === 0) throw new Refusal('This is the newest frame.');
    if (from + by >= frames.length && from === frames.length - 1)
      throw new Refusal('This is the oldest frame.');
    const to = frames[Math.min(Math.max(from + by, 0), frames.length - 1)];
    if (!to) throw new Refusal('The thread is running.');
    this.position = { ...position, frameId: to.id };
    return said(frameText(to, '> '));
  }

  private async exceptionText(threadId: number): Promise<string> {
    const { details } = (await this.ask('exceptionInfo', {
      threadId,
    })) as DebugProtocol.ExceptionInfoResponse['body'];
    return details?.stackTrace?.trimEnd() ?? 'The thread did not stop at an exception.';
  }

  private async stack(threadId: number): Promise<DebugProtocol.StackFrame[]> {
    const { stackFrames } = (await this.ask('stackTrace', {
      threadId,
    })) as DebugProtocol.StackTraceResponse['body'];
    return stackFrames.filter((frame) => !isOfCause(frame));
  }
}

const commandCompletions = (before: string): DebugProtocol.CompletionItem[] => {
  if (!/^\s*[a-z]*$/.test(before)) return [];
  const begun = before.trim();
  return PDB_COMMANDS.filter(({ action }) => action.kind !== 'elsewhere').flatMap(({ names, help }) => {
    const [name = ''] = names;
    return begun !== '' && name.startsWith(begun)
      ? [
          {
            label: name,
            type: 'keyword' as const,
            detail: help,
            start: before.length - begun.length,
            length: begun.length,
          },
        ]
      : [];
  });
};

const whereText = (frames: readonly DebugProtocol.StackFrame[], current: number): string =>
  [...frames]
    .reverse()
    .map((frame) => frameText(frame, frame.id === current ? '> ' : '  '))
    .join('\n');

const frameText = ({ name, line, source }: DebugProtocol.StackFrame, mark: string): string => {
  const file = source?.path ?? '?';
  const code = sourceLine(file, line);
  return `${mark}${file}(${line})${name}()${code ? `\n-> ${code}` : ''}`;
};

const sourceLine = (file: string, line: number): string => {
  try {
    return (readFileSync(file, 'utf8').split('\n')[line - 1] ?? '').trim();
  } catch {
    return '';
  }
};

const countOf = (argument: string): number => {
  if (argument === '') return 1;
  if (/^\d+$/.test(argument)) return Number(argument);
  throw new Refusal(`"${argument}" is no number of frames.`);
};

const rangeOf = (argument: string): { first?: number; last?: number } => {
  if (argument === '' || argument === '.') return {};
  const [, first, last] = /^(\d+)(?:\s*,\s*(\d+))?$/.exec(argument) ?? [];
  if (first === undefined) throw new Refusal(`"${argument}" names no lines: write 10, or 10, 20.`);
  return { first: Number(first), ...(last !== undefined && { last: Number(last) }) };
};

const needed = (argument: string, command: string): string => {
  if (argument === '') throw new Refusal(`${command} needs an expression.`);
  return argument;
};
