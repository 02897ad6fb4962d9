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
const CHATTER = [
  /^AH00489:/,
  /^AH00163:/,
  /^AH00094: Command line:/,
  /^AH00169: caught SIGTERM/,
  /^AH00171:/,
];

/**
 * Makes the lines of a server readable: without Apache's envelope, with a link where they are lines of a Python
 * traceback, and without the frames of what runs the application.
 */
export class ServerOutput {
  private isInHiddenFrame = false;

  /** @param hiddenFolder frames of files in it are left out of tracebacks. */
  constructor(private readonly hiddenFolder: string) {}

  /**
   * @param stream where the line came from; upstream's launcher sends the error log to standard output.
   * @returns undefined for a line not worth showing.
   */
  read(line: string, stream: 'stdout' | 'stderr'): OutputLine | undefined {
    const envelope = ENVELOPE.exec(line)?.groups;
    const message = envelope?.message ?? line;
    const source = tracebackSource(message);
    if (this.isHidden(message, source) || CHATTER.some((pattern) => pattern.test(message))) return undefined;
    return { ...readMessage(message, stream, envelope), ...(source && { source }) };
  }

  /** A frame is its `File` line and the deeper indented lines of source and carets below it. */
  private isHidden(message: string, source: OutputLine['source']): boolean {
    if (source) this.isInHiddenFrame = source.path.startsWith(`${this.hiddenFolder}/`);
    else if (!message.startsWith('    ')) this.isInHiddenFrame = false;
    return this.isInHiddenFrame;
  }
}

const readMessage = (
  message: string,
  stream: 'stdout' | 'stderr',
  envelope: Record<string, string> | undefined,
): OutputLine => {
  if (!envelope) return { text: message, category: stream };
  const { module = '', level = '' } = envelope;
  if (APPLICATION_MODULES.has(module)) return { text: message, category: 'stderr' };
  return { text: `[${module}:${level}] ${message}`, category: GRAVE.has(level) ? 'stderr' : 'console' };
};

/** The place that a line of a Python traceback names. */
export const tracebackSource = (text: string): OutputLine['source'] => {
  const found = TRACEBACK_FRAME.exec(text)?.groups;
  if (!found?.path || found.path.startsWith('<')) return undefined;
  return { path: found.path, line: Number(found.line) };
};
