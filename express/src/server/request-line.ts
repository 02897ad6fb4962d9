/** What Apache writes for each request: tabs part the fields, and Apache itself escapes those within them. */
export const REQUEST_LINE_FORMAT = String.raw`%{%H:%M:%S}t\t%>s\t%B\t%D\t%r`;

/** Colours of the terminal's own palette, by the first digit of the status. */
const STATUS_COLOURS: Readonly<Record<string, number>> = { 2: 32, 3: 36, 4: 33, 5: 31 };

const paint = (text: string, colour: number, isColoured: boolean): string =>
  isColoured ? `\u001b[${colour}m${text}\u001b[0m` : text;

const DIM = 2;

/**
 * One request as people read it.
 *
 * @param line a line in {@link REQUEST_LINE_FORMAT}.
 * @returns undefined for a connection on which no request came.
 */
export const formatRequestLine = (line: string, isColoured: boolean): string | undefined => {
  const [time = '', status = '', bytes = '', microseconds = '', ...words] = line.split('\t');
  const request = words.join('\t');
  if (request === '' || request === '-') return undefined;
  const [method = '', target = ''] = request.split(' ');
  const facts = `${duration(Number(microseconds)).padStart(8)} ${size(Number(bytes)).padStart(9)}`;
  return [
    paint(time, DIM, isColoured),
    paint(status, STATUS_COLOURS[status[0] ?? ''] ?? 0, isColoured),
    method.padEnd(6),
    `${paint(facts, DIM, isColoured)} `,
    target,
  ].join(' ');
};

const duration = (microseconds: number): string => {
  const milliseconds = microseconds / 1000;
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
};

const size = (bytes: number): string => {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
};
