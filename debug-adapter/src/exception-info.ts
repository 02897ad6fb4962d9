import type { DebugProtocol } from '@vscode/debugprotocol';
import type { AgentException } from './agent-protocol';

/** What became of an exception. */
interface Fate {
  readonly request: string | null;
  /** A phrase: "left the application". */
  readonly description: string | null;
}

/** How a stop at an exception is described: with the request that it happened in. */
export const pausedIn = (request: string | null): string =>
  request ? `Paused on exception in ${request}` : 'Paused on exception';

/** The answer to the protocol's question about the exception at which a thread has stopped. */
export const exceptionInfo = (
  exception: AgentException,
  breakMode: DebugProtocol.ExceptionBreakMode,
  fate?: Fate,
): DebugProtocol.ExceptionInfoResponse['body'] => {
  const told = [fate?.request, fate?.description].filter((part) => part).join(': ');
  return {
    exceptionId: exception.fullTypeName,
    description: told ? `${exception.message}\n(${told})` : exception.message,
    breakMode,
    details: toDetails(exception),
  };
};

const toDetails = (exception: AgentException): DebugProtocol.ExceptionDetails => ({
  message: exception.message,
  typeName: exception.typeName,
  fullTypeName: exception.fullTypeName,
  stackTrace: exception.stackTrace,
  innerException: exception.innerException.map(toDetails),
});
