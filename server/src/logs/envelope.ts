/** What Apache writes before a message in its default `ErrorLogFormat`. */
export interface Envelope {
  readonly time: string;
  readonly module: string;
  /** `emerg` to `trace8`. */
  readonly level: string;
  readonly pid: string;
  /** Undefined where the server does not write it. */
  readonly tid: string | undefined;
}

/** A line of an error log. */
export interface LogLine {
  /** Undefined for what was written around Apache: by Python as it fails to start, by libraries, by programs. */
  readonly envelope: Envelope | undefined;
  readonly message: string;
  /** Where the message begins in the line. */
  readonly start: number;
}

/** Time, module and level, process; the parts between these and the message are cut off one by one. */
const HEAD = /^\[([^\]]+)\] \[([\w-]*):(\w+)\] \[pid (\d+)(?::tid (\d+))?\] /;

/** What can follow, in this order: place in the source, error of the system, peer, script. */
const PARTS: readonly RegExp[] = [
  /^\S+\.c\(\d+\): /,
  /^\(\d+\).+?: (?=\[|AH\d|WSGI\d|mod_wsgi |[A-Z])/,
  /^\[(?:client|remote) [^\]]+\] /,
  /^\[script [^\]]*\] /,
];

/** Takes a line of an error log apart; any line will do. */
export const readLogLine = (line: string): LogLine => {
  const head = HEAD.exec(line);
  if (!head) return { envelope: undefined, message: line, start: 0 };
  const [whole, time = '', module = '', level = '', pid = '', tid] = head;
  let start = whole.length;
  for (const part of PARTS) start += part.exec(line.slice(start))?.[0].length ?? 0;
  return { envelope: { time, module, level, pid, tid }, message: line.slice(start), start };
};

/** True for two lines of one thread, which are lines of one text if they follow each other. */
export const isSameThread = ({ envelope: a }: LogLine, { envelope: b }: LogLine): boolean =>
  a === undefined || b === undefined ? a === b : a.pid === b.pid && a.tid === b.tid;
