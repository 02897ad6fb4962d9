/** A place as httpd names it. */
export interface HttpdPlace {
  readonly file: string;
  /** From 1: the last physical line of the directive. */
  readonly line: number;
}

/** A message of a configuration test. */
export interface HttpdMessage {
  readonly severity: 'error' | 'warning';
  /** `AH00526`, where it has one. */
  readonly code: string | undefined;
  readonly text: string;
  /** Undefined where httpd names none. */
  readonly place: HttpdPlace | undefined;
}

/** `Syntax error on line 3 of FILE: `, or with the message in the next line. */
const SYNTAX_ERROR = /^(?:(AH\d+): |\S+: )?Syntax error on line (\d+) of (.+?):(?: (.*))?$/;

/** Both names of a macro's place; the line of the `Use` is the one that is written in a file. */
const IN_MACRO =
  /^macro '[^']*' \(defined on line (?<definedLine>\d+) of "(?<definedFile>[^"]*)"\)(?: used on line (?<usedLine>\d+) of "(?<usedFile>[^"]*)")?$/;

/** A log line in front of a warning: time, module and level, process. */
const LOG_HEAD = /^\[[^\]]+\] \[[\w-]*:(\w+)\] \[pid [^\]]+\] /;

/** What says that all is well, or repeats what another line says. */
const SILENT =
  /^(?:Syntax OK|AH00014: Configuration check failed|AH00016: Configuration Failed|Action '.*' failed\.?|The Apache error log may have more information\.)$/;

/**
 * The messages in what `httpd -t` writes to standard error, in its order, each once. httpd stops at the first error; warnings before
 * it count as well.
 *
 * @param failed whether the test failed: what is not known to be a warning is an error then
 */
export const parseMessages = (output: string, failed: boolean): readonly HttpdMessage[] => {
  const lines = output.split('\n').map((line) => line.trimEnd());
  const messages: HttpdMessage[] = [];
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const head = LOG_HEAD.exec(line);
    const text = line.slice(head?.[0].length ?? 0);
    if (text === '' || SILENT.test(text)) continue;
    const error = syntaxError(text);
    if (error && error.text === '') {
      // The second form: the place ends its line, and the message has the next one.
      messages.push({ ...error, text: lines[++index] ?? '' });
    } else messages.push(error ?? plainMessage(text, head?.[1], failed));
  }
  return [...new Map(messages.map((message) => [JSON.stringify(message), message])).values()];
};

const syntaxError = (line: string): HttpdMessage | undefined => {
  const match = SYNTAX_ERROR.exec(line);
  if (!match) return undefined;
  const [, code, number = '', file = '', text = ''] = match;
  // An error in an included file stands behind those of the lines that include it.
  const inner = syntaxError(text);
  return inner ?? { severity: 'error', code, text: unescaped(text), place: placeOf(file, Number(number)) };
};

const placeOf = (file: string, line: number): HttpdPlace => {
  const macro = IN_MACRO.exec(file)?.groups;
  if (!macro) return { file, line };
  const { usedFile, usedLine, definedFile = '', definedLine } = macro;
  return usedFile !== undefined
    ? { file: usedFile, line: Number(usedLine) }
    : { file: definedFile, line: Number(definedLine) };
};

/** httpd writes a line end inside a message as a backslash and an n. */
const unescaped = (text: string): string => text.replaceAll('\\n', '\n');

const WARNING_LEVELS: ReadonlySet<string> = new Set(['warn', 'notice', 'info', 'debug']);

/** Errors by their level that do not stop the server, and warnings that have none. */
const HARMLESS = /^(?:AH00112|AH00558|AH00547|AH00548|AH00549):/;

const plainMessage = (line: string, level: string | undefined, failed: boolean): HttpdMessage => {
  const text = line.replace(/^\((?:EAI )?\d+\)[^:]*: (?=AH\d)/, '');
  const [, code] = /^(AH\d+): /.exec(text) ?? [];
  const defined = / defined at (\/[^\s:]+):(\d+)/.exec(text) ?? / on line (\d+) of (\/\S+)/.exec(text);
  const [, first = '', second = ''] = defined ?? [];
  const place = first.startsWith('/')
    ? { file: first, line: Number(second) }
    : { file: second, line: Number(first) };
  return {
    severity: !failed || HARMLESS.test(text) || WARNING_LEVELS.has(level ?? '') ? 'warning' : 'error',
    code,
    text: unescaped(code === undefined ? text : text.slice(code.length + 2)),
    place: defined ? place : undefined,
  };
};
