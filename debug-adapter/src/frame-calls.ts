import type { IgnoredException } from '../../common/src/debug-requests';
import type { AgentChannel } from './agent-channel';
import type { AgentException, RecordedRequest } from './agent-protocol';
import { Refusal } from './engine';

/** Carries out a request of the protocol. */
export type Ask = (command: string, args: unknown) => Promise<unknown>;

/** What a stop of debugpy's at an exception is about. */
export interface ExceptionStop {
  readonly request: string | null;
  /** What has become of the exception, a phrase; null where that is still open. */
  readonly description: string | null;
  readonly text: string;
  readonly exception: AgentException;
}

/** What the agent does in a stopped frame, by the thread that has stopped there: `frame_calls.py`. */
interface FrameCalls {
  exceptionStop: { arguments: object; answer: ExceptionStop | null };
  mayStop: { arguments: object; answer: boolean };
  mute: { arguments: object; answer: null };
  place: { arguments: object; answer: IgnoredException | null };
  record: { arguments: object; answer: RecordedRequest | null };
  isPython: { arguments: { source: string }; answer: boolean };
  list: { arguments: { first?: number; last?: number }; answer: string };
  longList: { arguments: object; answer: string };
  arguments: { arguments: object; answer: string };
  pretty: { arguments: { expression: string }; answer: string };
  kind: { arguments: { expression: string }; answer: string };
  source: { arguments: { expression: string }; answer: string };
  interact: { arguments: object; answer: string };
  interactEntry: { arguments: { source: string }; answer: string };
}

/**
 * Have something done in a stopped frame.
 *
 * @throws AgentRefusal with what that raised.
 */
export const callInFrame = async <C extends keyof FrameCalls>(
  agent: AgentChannel,
  frame: number,
  name: C,
  args: FrameCalls[C]['arguments'],
): Promise<FrameCalls[C]['answer']> =>
  (await agent.request('call', { frame, name, arguments: args })) as FrameCalls[C]['answer'];

/** The innermost frame of a stopped thread: where calls into it are made. */
export const topFrame = async (ask: Ask, threadId: number): Promise<number> => {
  const { stackFrames } = (await ask('stackTrace', { threadId, startFrame: 0, levels: 1 })) as {
    stackFrames: { id: number }[];
  };
  const [top] = stackFrames;
  if (!top) throw new Refusal('The thread is running.');
  return top.id;
};
