import type { DebugProtocol } from '@vscode/debugprotocol';
import { UserError } from '../../common/src/errors';
import type { AgentChannel } from './agent-channel';
import type { AgentScope, AgentValue } from './agent-protocol';

/** The requests about a stopped thread's values. */
const INSPECTING = [
  'scopes',
  'variables',
  'evaluate',
  'completions',
  'setVariable',
  'setExpression',
] as const;

type Inspecting = (typeof INSPECTING)[number];

/** Whether a request is about values. */
export const inspects = (command: string): command is Inspecting =>
  (INSPECTING as readonly string[]).includes(command);

/** What the protocol has hints for. */
const SCOPE_HINTS: Readonly<Partial<Record<AgentScope['kind'], string>>> = {
  locals: 'locals',
  returnValue: 'returnValue',
};

type Handler = (args: never) => Promise<unknown>;

/**
 * Looks at values, and changes them: by the agent, in the stopped thread itself, whoever has stopped it. So values look
 * the same in a post mortem and at a breakpoint, and showing them runs no code of theirs but `repr()`.
 */
export class Inspection {
  private readonly handlers: Readonly<Record<Inspecting, Handler>> = {
    scopes: (args: DebugProtocol.ScopesArguments) => this.scopes(args),
    variables: (args: DebugProtocol.VariablesArguments) => this.variables(args),
    evaluate: (args: DebugProtocol.EvaluateArguments) => this.evaluate(args),
    completions: (args: DebugProtocol.CompletionsArguments) => this.completions(args),
    setVariable: (args: DebugProtocol.SetVariableArguments) => this.setVariable(args),
    setExpression: (args: DebugProtocol.SetExpressionArguments) => this.setExpression(args),
  };

  /** @param show takes what evaluated code has printed. */
  constructor(
    private readonly agent: AgentChannel,
    private readonly show: (output: DebugProtocol.OutputEvent['body']) => void,
  ) {}

  /**
   * Carry out a request about values.
   *
   * @throws AgentRefusal with what the evaluated code raised; UserError `not-stopped`.
   */
  request(command: Inspecting, args: unknown): Promise<unknown> {
    return this.handlers[command](args as never);
  }

  private async scopes({ frameId }: DebugProtocol.ScopesArguments): Promise<unknown> {
    const scopes = await this.agent.request('scopes', { frame: frameId });
    return {
      scopes: scopes.map(({ name, kind, reference, named }) => ({
        name,
        variablesReference: reference,
        namedVariables: named,
        expensive: kind === 'globals',
        ...(SCOPE_HINTS[kind] && { presentationHint: SCOPE_HINTS[kind] }),
      })),
    };
  }

  private async variables({
    variablesReference,
    start,
    count,
  }: DebugProtocol.VariablesArguments): Promise<unknown> {
    const values = await this.agent.request('variables', {
      reference: variablesReference,
      ...(start !== undefined && { start }),
      ...(count !== undefined && { count }),
    });
    return { variables: values.map((value) => ({ name: value.name, ...toVariable(value) })) };
  }

  private async evaluate({
    expression,
    frameId,
    context,
  }: DebugProtocol.EvaluateArguments): Promise<unknown> {
    const result = await this.agent.request('evaluate', {
      frame: inFrame(frameId),
      expression,
      ...(context !== undefined && { context }),
    });
    if (result.printed) this.show({ category: 'stdout', output: result.printed });
    const { value, ...rest } = toVariable(result);
    return { result: value, ...rest };
  }

  private async setVariable({
    variablesReference,
    name,
    value,
  }: DebugProtocol.SetVariableArguments): Promise<unknown> {
    return toVariable(
      await this.agent.request('setVariable', { reference: variablesReference, name, value }),
    );
  }

  private async setExpression({
    frameId,
    expression,
    value,
  }: DebugProtocol.SetExpressionArguments): Promise<unknown> {
    return toVariable(await this.agent.request('assign', { frame: inFrame(frameId), expression, value }));
  }

  private async completions({
    frameId,
    text,
    line = 1,
    column,
  }: DebugProtocol.CompletionsArguments): Promise<unknown> {
    const before = (text.split('\n')[line - 1] ?? '').slice(0, column - 1);
    const { length, items } = await this.agent.request('complete', { frame: inFrame(frameId), text: before });
    return {
      targets: items.map(({ name, kind }) => ({
        label: name,
        type: kind,
        start: column - length,
        length,
      })),
    };
  }
}

const inFrame = (frameId: number | undefined): number => {
  if (frameId !== undefined) return frameId;
  throw new UserError({
    code: 'not-stopped',
    message: 'Nothing is stopped, so there is no frame to evaluate in.',
    action: 'Send a request that raises, or put breakpoint() into the code.',
  });
};

const toVariable = ({ value, type, reference, named, indexed, expression }: AgentValue) => ({
  value,
  type,
  variablesReference: reference,
  ...(named > 0 && { namedVariables: named }),
  ...(indexed > 0 && { indexedVariables: indexed }),
  ...(expression && { evaluateName: expression }),
});
