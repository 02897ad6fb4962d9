import { EventEmitter } from 'node:events';
import type { DebugProtocol } from '@vscode/debugprotocol';

interface EngineEvents {
  /** An event of the protocol for the client. */
  event: [name: string, body: unknown];
}

/** Something the user may see: why a request is not carried out. */
export class Refusal extends Error {}

/**
 * What debugs the running application: takes the requests of the protocol that concern it, and emits the protocol's
 * events about it.
 */
export abstract class Engine extends EventEmitter<EngineEvents> {
  /**
   * Carry out a request.
   *
   * @returns the response's body.
   * @throws Refusal with the reason, a sentence; Error if the application has ended.
   */
  abstract request(command: string, args: unknown): Promise<unknown>;

  /** There are requests now in which nothing must stop: ask before a stop is told. */
  abstract expectMuted(): void;
}

/** Whether a frame is of the exception that led to the one at which the thread has stopped: debugpy shows them below. */
export const isOfCause = ({ name }: DebugProtocol.StackFrame): boolean => name.startsWith('[Chained Exc');

/** A step where there is nothing to step to. */
export const NO_STEP_AFTER_EXCEPTION =
  'The exception has already been raised: there is no next line to step to. Continue lets the request end.';
