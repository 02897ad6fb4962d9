/**
 * Each process numbers its threads, frames, values and jump targets in its own way; the client sees one session. A number
 * of the session is a process's number with the process's place in front, so that nothing has to be remembered.
 */

/** The protocol's numbers have 31 bits. These are left to a process, which counts up from 1. */
const BITS = 22;

/** How many processes a session holds at once. */
export const MOST_PROCESSES = 2 ** (31 - BITS) - 1;

/** Keys of the protocol that hold such a number wherever they occur; 0 means none. */
const NUMBERED = new Set(['threadId', 'frameId', 'variablesReference', 'sourceReference', 'targetId']);

/** Lists whose members are numbered by their `id`. */
const NUMBERED_LISTS = new Set(['threads', 'stackFrames', 'targets']);

export const toSession = (place: number, id: number): number => (id > 0 ? place * 2 ** BITS + id : id);

export const placeOf = (id: number): number => Math.floor(id / 2 ** BITS);

const toProcess = (id: number): number => id % 2 ** BITS;

/** The place of the process that a request is about, or undefined where it names none. */
export const placeAskedFor = (args: unknown): number | undefined => {
  const { source, ...own } = (args ?? {}) as Record<string, unknown>;
  const numbers = Object.entries({ ...(source as object | undefined), ...own }).filter(([key]) =>
    NUMBERED.has(key),
  );
  const [number] = numbers
    .map(([, value]) => value)
    .filter((value) => typeof value === 'number' && value > 0);
  return number === undefined ? undefined : placeOf(number as number);
};

/** A request's arguments with the process's own numbers. */
export const argumentsToProcess = (args: unknown): unknown => renumber(args, toProcess);

/** A response's or an event's body with the session's numbers. */
export const bodyToSession = (place: number, body: unknown): unknown =>
  renumber(body, (id) => toSession(place, id));

const renumber = (value: unknown, change: (id: number) => number, isNumbered = false): unknown => {
  if (Array.isArray(value)) return value.map((item) => renumber(item, change, isNumbered));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const isId = NUMBERED.has(key) || (isNumbered && key === 'id');
      if (typeof item === 'number') return [key, isId ? change(item) : item];
      return [key, renumber(item, change, NUMBERED_LISTS.has(key))];
    }),
  );
};
