import type { DebugProtocol } from '@vscode/debugprotocol';
import { placeOf, toSession } from './session-ids';

/**
 * Files of the server that are not here, libraries in a container above all: the client is offered their text, which it
 * asks for by a number.
 */
export class RemoteSources {
  private readonly numbers = new Map<string, number>();

  /** @param isHere whether the client can open a path itself. */
  constructor(private readonly isHere: (path: string) => boolean) {}

  /**
   * Give every source in a stack that is not here a number.
   *
   * @param place of the process that it comes from.
   * @param toRemote the server's path for a path of ours.
   */
  offer(place: number, body: unknown, toRemote: (path: string) => string): unknown {
    const { stackFrames } = (body ?? {}) as Partial<DebugProtocol.StackTraceResponse['body']>;
    if (!stackFrames) return body;
    return {
      ...(body as object),
      stackFrames: stackFrames.map((frame) => {
        const path = frame.source?.path;
        if (!path || frame.source?.sourceReference || path.startsWith('<') || this.isHere(path)) return frame;
        const sourceReference = toSession(place, this.numberOf(toRemote(path)));
        return { ...frame, source: { ...frame.source, sourceReference } };
      }),
    };
  }

  /** The file that a request asks for, or undefined where the number is none of ours. */
  find(args: unknown): { place: number; path: string } | undefined {
    const { source, sourceReference } = args as DebugProtocol.SourceArguments;
    const number = source?.sourceReference ?? sourceReference;
    for (const [path, known] of this.numbers)
      if (toSession(placeOf(number), known) === number) return { place: placeOf(number), path };
    return undefined;
  }

  private numberOf(path: string): number {
    const number = this.numbers.get(path) ?? this.numbers.size + 1;
    this.numbers.set(path, number);
    return number;
  }
}
