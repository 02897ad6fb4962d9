/**
 * What the editor's side asks the debug adapter beyond the protocol's own requests, by
 * `session.customRequest(name, arguments)`. Each is refused with a sentence that may be shown as it is.
 */

/** An exception at which the session does not stop any more. */
export interface IgnoredException {
  /** The class, as its users write it: `KeyError`, `decimal.InvalidOperation`. */
  readonly type: string;
  /** The file and the line, 1-based, of the user's code from which it came. */
  readonly path: string;
  readonly line: number;
}

export interface DebugRequests {
  /** Never stop again in this session at the exception at which the thread has stopped, and let its request go on. */
  'modWsgi/ignoreException': { arguments: { threadId: number }; body: IgnoredException };
  /** What is ignored in this session. */
  'modWsgi/ignoredExceptions': { arguments: object; body: { ignored: readonly IgnoredException[] } };
  /** Stop again at everything that was ignored. */
  'modWsgi/forgetIgnoredExceptions': { arguments: object; body: { forgotten: number } };
  /**
   * Send a request to the server once more, as it came: that of the stopped thread, which goes on first, or the last
   * one that the server had. Answered when it has been sent; what it is answered with is told in the debug console.
   */
  'modWsgi/replayRequest': { arguments: { threadId?: number }; body: { request: string } };
  /**
   * Stop only in requests that match one of these patterns: a path with `*` (within one segment), `**` and `?`, with the
   * method before it if wanted (`POST /cart/**`), or with `!` before it for requests to leave alone. None: stop in all.
   * Without `patterns` it only asks. What is set counts from the next request on.
   */
  'modWsgi/requestFilter': {
    arguments: { patterns?: readonly string[] };
    body: { patterns: readonly string[] };
  };
  /** Let everything that is stopped go on, stop nowhere in it, and stop where the next request enters the user's code. */
  'modWsgi/runToNextRequest': { arguments: object; body: object };
}

export type DebugRequestName = keyof DebugRequests;
