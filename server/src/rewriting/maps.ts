import { wordTable } from '../../../common/src/word-table';
import type { Entry } from '../configuration/entries';
import type { RequestedFiles } from '../model/machine';
import type { Host } from '../mounts/hosts';
import { fromBytes, toBytes } from '../patterns/bytes';
import { NOT_LOOKED_AT, whyUncertain } from './condition';
import { NO_REWRITING, placeOfOuter, readRewriting } from './rules';
import type { Known } from './text';

/** Where the files of maps are found. */
export interface MapGround {
  readonly disk: RequestedFiles | undefined;
  readonly serverRoot: string;
}

/** The maps of a virtual host: its own ones alone, unless `RewriteOptions` joins its rules with the server's. */
export const mapsOf = (host: Host, server: Host): readonly Entry[] => {
  const outer = readRewriting(server.own) ?? NO_REWRITING;
  const inner = readRewriting(host.own) ?? NO_REWRITING;
  const sees = host === server || placeOfOuter(outer, inner) !== 'nowhere';
  const levels = [...(sees ? [server] : []), ...(host === server ? [] : [host])];
  return levels.flatMap(({ own }) => own.filter(({ key }) => key === 'rewritemap'));
};

/**
 * Looks up a key.
 *
 * @returns undefined if the map does not have it, or there is no such map
 */
export const lookUp = (
  maps: readonly Entry[],
  name: string,
  key: string,
  ground: MapGround,
): Known | undefined => {
  const map = maps.findLast(({ words }) => words[0]?.value === name);
  const written = map?.words[1]?.value;
  if (!map || written === undefined) return undefined;
  const uncertain = whyUncertain(map);
  if (uncertain !== undefined) return { why: uncertain };
  const [, type = 'txt', source = ''] = /^(?:(\w+)(?:=\w+)?:)?(.*)$/s.exec(written) ?? [];
  const ask = TYPES[type.toLowerCase()] ?? TYPES.txt;
  return ask?.({ name, source, key, ground });
};

interface Question {
  readonly name: string;
  readonly source: string;
  readonly key: string;
  readonly ground: MapGround;
}

type Ask = (question: Question) => Known | undefined;

const notFollowed =
  (reason: string): Ask =>
  ({ name }) => ({ why: `the map \`${name}\` ${reason}` });

const fromText: Ask = ({ source, key, ground: { disk, serverRoot } }) => {
  if (!disk) return { why: NOT_LOOKED_AT };
  const text = disk.read(source.startsWith('/') ? source : `${serverRoot}/${source}`) ?? '';
  for (const line of text.split('\n')) {
    const [found, value] = /^[^\s#]/.test(line) ? line.split(/\s+/) : [];
    if (found === key && value) return { value };
  }
  return undefined;
};

/** One of several values is chosen anew for each request. */
const atRandom: Ask = (question) => {
  const found = fromText(question);
  return found && 'value' in found && found.value.includes('|')
    ? notFollowed(`chooses one of \`${found.value}\` at random`)(question)
    : found;
};

const computed: Ask = ({ source, key, name }) => {
  const compute = FUNCTIONS[source];
  return compute
    ? { value: compute(key) }
    : { why: `the map \`${name}\` names a function that Apache does not have` };
};

const FUNCTIONS: Readonly<Record<string, (text: string) => string>> = wordTable({
  toupper: (text) => text.replace(/[a-z]/g, (letter) => letter.toUpperCase()),
  tolower: (text) => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase()),
  escape: (text) => toBytes(text).replace(/[^A-Za-z0-9$\-_.+!*'(),:@&=/~;]/g, percent),
  unescape: (text) =>
    fromBytes(
      toBytes(text).replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) =>
        String.fromCharCode(Number.parseInt(digits, 16)),
      ),
    ),
});

const percent = (byte: string): string => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`;

const DATABASE = notFollowed('is a database, which is not opened here');

/** How each kind of map is asked; what has no kind in front of it is a text file. */
const TYPES: Readonly<Record<string, Ask>> = wordTable({
  txt: fromText,
  rnd: atRandom,
  int: computed,
  prg: notFollowed('is a program, which is not run here'),
  dbm: DATABASE,
  dbd: DATABASE,
  fastdbd: DATABASE,
});
