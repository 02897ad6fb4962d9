/** One line of the server as the debug console shows it. */
export interface OutputLine {
  readonly text: string;
  readonly category: 'stdout' | 'stderr' | 'console' | 'important';
  /** The place that a traceback line names. */
  readonly source?: { readonly path: string; readonly line: number };
}

/**
 * The envelope of an error log line, Apache's default ErrorLogFormat:
 * `[time] [module:level] [pid N:tid N] [client X] [script Y] message`.
 */
const ENVELOPE =
  /^\[[A-Z][a-z]{2} [A-Z][a-z]{2} +\d+ [\d:.]+ \d{4}\] \[(?<module>[\w-]*):(?<level>\w+)\] \[pid \d+(?::tid \d+)?\] (?:\[(?:client|remote) [^\]]*\] )?(?:\[script [^\]]*\] )?(?<message>.*)$/;

const TRACEBACK_FRAME = /^\s*File "(?<path>[^"]+)", line (?<line>\d+)/;

/** What the application itself wrote: Apache's level says nothing about it. */
const APPLICATION_MODULES = new Set(['wsgi']);

const GRAVE = new Set(['emerg', 'alert', 'crit', 'error']);

/** Lines of every start and stop that tell a person nothing. */
const CHATTER = [/^AH00489:/, /^AH00163:/, /^AH00094: Command line:/, /^AH00169: caught SIGTERM/, /^AH00171:/];

/**
 * Make a line of the server's standard error readable: without Apache's envelope, with a link where it is a line of a
 * Python traceback.
 *
 * @returns undefined for a line not worth showing.
 */
export const readErrorLine = (line: string): OutputLine | undefined => {
  const envelope = ENVELOPE.exec(line)?.groups;
  const message = envelope?.message ?? line;
  if (CHATTER.some((pattern) => pattern.test(message))) return undefined;
  const source = tracebackSource(message);
  const isApplication = envelope === undefined || APPLICATION_MODULES.has(envelope.module ?? '');
  const isGrave = isApplication || GRAVE.has(envelope?.level ?? '');
  const text = isApplication ? message : `[${envelope?.module}:${envelope?.level}] ${message}`;
  return { text, category: isGrave ? 'stderr' : 'console', ...(source && { source }) };
};

/** A line of the server's standard output: the application's own words, or the launcher's. */
export const readOutputLine = (line: string): OutputLine => {
  const source = tracebackSource(line);
  return { text: line, category: 'stdout', ...(source && { source }) };
};

const tracebackSource = (text: string): OutputLine['source'] => {
  const found = TRACEBACK_FRAME.exec(text)?.groups;
  if (!found?.path || found.path.startsWith('<')) return undefined;
  return { path: found.path, line: Number(found.line) };
};
