import { EventEmitter } from 'node:events';

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
}

/** A step where there is nothing to step to. */
export const NO_STEP_AFTER_EXCEPTION =
  'The exception has already been raised: there is no next line to step to. Continue lets the request end.';
