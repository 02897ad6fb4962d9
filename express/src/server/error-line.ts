/** What Apache's own format puts in front of a message: when, module and level, process and thread, client, script. */
const PREFIX =
  /^\[\w{3} \w{3} \d\d (\d\d:\d\d:\d\d)\.\d+ \d{4}\] \[([\w-]*):(\w+)\] \[pid \d+(?::tid \d+)?\] (?:\[(?:client|remote) [^\]]*\] )?(?:\[script [^\]]*\] )?/;

/** The application could not be loaded: the words of our module and of upstream's. */
const LOAD_FAILURE = /(?:Unable to execute|Failed to exec) Python script file/;

const DIM = 2;
const RED = 31;
const YELLOW = 33;

const paint = (text: string, colour: number, isColoured: boolean): string =>
  isColoured ? `\u001b[${colour}m${text}\u001b[0m` : text;

/**
 * One line of Apache's error log as people read it: what the application printed and its tracebacks as they are, other
 * messages with the time and the level.
 *
 * @returns undefined for notices of the server's start and end, which the launcher tells itself.
 */
export const formatErrorLine = (line: string, isColoured: boolean): string | undefined => {
  const match = PREFIX.exec(line);
  if (!match) return line;
  const [prefix, time = '', module = '', level = ''] = match;
  const text = line.slice(prefix.length);
  if (level === 'notice' && /^(?:mpm_\w+|core)$/.test(module)) return undefined;
  if (module === 'wsgi' && level === 'error') {
    const isTraceback = /^(?:\s|Traceback )/.test(text);
    return isTraceback ? text : paint(text, RED, isColoured);
  }
  return `${paint(time, DIM, isColoured)} ${paint(level, YELLOW, isColoured)} ${text}`;
};

/** Whether a line says that the application could not be loaded. */
export const isLoadFailure = (line: string): boolean => LOAD_FAILURE.test(line);

/** What to do about it. */
export const LOAD_ADVICE =
  'The application could not be loaded: every request is answered with 500 until what the traceback names is mended.';
