import table from '../../data/log-messages.json';
import { groupBy } from '../mounts/group-by';

/** A row of data/log-messages.json: a message that users of Apache and mod_wsgi meet. */
export interface LogMessage {
  /** Stable. */
  readonly id: string;
  /** `WSGI0117`, `AH00558`: what the message calls itself. */
  readonly codes?: readonly string[];
  /** Whose message it is: `config` are those of a configuration test, `build` those of an installation. */
  readonly kind: string;
  readonly level: string;
  /** Regular expressions; any of them recognises the message. Their groups are the names in it. */
  readonly patterns: readonly string[];
  readonly meaning: string;
  readonly causes?: string;
  readonly action?: string;
  /** Directives to look at. */
  readonly directives?: readonly string[];
  /** The rule that finds the cause in a configuration. */
  readonly rule?: string;
}

/** A message that was recognised in a text, and where. */
export interface KnownMessage {
  readonly message: LogMessage;
  readonly start: number;
  readonly end: number;
  /** The names in it: of groups, files, users. */
  readonly names: readonly string[];
}

interface Recogniser {
  readonly message: LogMessage;
  readonly patterns: readonly RegExp[];
}

/** The table as data, for tests and documentation. */
export const logMessages = table as readonly LogMessage[];

const recognisers: readonly Recogniser[] = logMessages.map((message) => ({
  message,
  patterns: message.patterns.map((pattern) => new RegExp(pattern)),
}));

const byCode = groupBy(
  recognisers.flatMap((recogniser) => (recogniser.message.codes ?? []).map((code) => ({ code, recogniser }))),
  ({ code }) => code,
);

/** A message whose every wording holds an identifier need only be looked for where that stands. */
const hasCodeInAll = ({ codes = [], patterns }: LogMessage): boolean =>
  codes.length > 0 && patterns.every((pattern) => codes.some((code) => pattern.includes(code)));

/** Texts that can be told by nothing but their words. */
const withoutCode = recognisers.filter(({ message }) => !hasCodeInAll(message));

const CODE = /\b(?:AH|WSGI)\d{4,5}\b/g;

/** Longer lines are data that somebody printed. */
const LONGEST_MESSAGE = 4000;

/** What is known of a message: the text of a line of a log, without what Apache writes before it. */
export const recognise = (text: string): KnownMessage | undefined => {
  if (text.length > LONGEST_MESSAGE) return undefined;
  const named = (text.match(CODE) ?? []).flatMap(
    (code) => byCode.get(code)?.map(({ recogniser }) => recogniser) ?? [],
  );
  for (const { message, patterns } of [...named, ...withoutCode])
    for (const pattern of patterns) {
      const match = pattern.exec(text);
      if (!match) continue;
      const [found, ...names] = match;
      return {
        message,
        start: match.index,
        end: match.index + found.length,
        names: names.filter((name) => name !== undefined && name !== ''),
      };
    }
  return undefined;
};
