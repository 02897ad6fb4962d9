import { wordTable } from '../../../../common/src/word-table';
import { findDirective } from '../../catalogue/directives';
import { splitWord, splitWords } from '../../syntax/words';
import { virtualHostOf } from '../context';
import type { Handler } from '../execute';

/** The words of a directive as the catalogue has them. */
const wordsOf = (directive: string): readonly string[] => findDirective(directive)?.suggestions ?? [];

const OPTIONS = wordsOf('Options');

const OVERRIDES = wordsOf('AllowOverride');

const LEVELS = wordsOf('LogLevel');

const isOneOf = (names: readonly string[], word: string): boolean =>
  names.some((name) => name.toLowerCase() === word.toLowerCase());

const options: Handler = ({ raw }) => {
  const words = splitWords(raw).map(({ value }) => value);
  const signed = words.filter((word) => /^[+-]/.test(word)).length;
  for (const word of words) {
    const name = word.replace(/^[+-]/, '');
    if (!isOneOf(OPTIONS, name)) return `Illegal option ${name}`;
    if (signed !== 0 && signed !== words.length)
      return 'Either all Options must start with + or -, or no Option may.';
  }
  return undefined;
};

const allowOverride: Handler = ({ raw }) => {
  for (const { value } of splitWords(raw)) {
    const name = value.replace(/=.*$/, '');
    if (!isOneOf(OVERRIDES, name)) return `Illegal override option ${name}`;
  }
  return undefined;
};

const logLevel: Handler = ({ words }) =>
  words.every((word) => isOneOf(LEVELS, word.replace(/^.*:/, '')))
    ? undefined
    : 'Log level keyword must be one of emerg/alert/crit/error/warn/notice/info/debug/trace1/.../trace8';

const documentRoot: Handler = ({ words: [folder = ''], node, state }) => {
  if (virtualHostOf(node)) return undefined;
  return state.machine.files.kind(state.rootRelative(folder)) === 'folder'
    ? undefined
    : `DocumentRoot '${folder}' is not a directory, or is not readable`;
};

const serverName: Handler = ({ words: [name = ''], node, run }) => {
  const [, host = name, port] = /^(?:[a-z]+:\/\/)?(.*?)(?::([^:\]]*))?$/i.exec(name) ?? [];
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535))
    return `The port number "${name}" is outside the appropriate range (i.e., 1..65535).`;
  run.serverNames.set(virtualHostOf(node), host);
  return undefined;
};

const listen: Handler = ({ words }) => {
  const [address] = words;
  if (address === undefined || words.length > 2) return 'Listen requires 1 or 2 arguments.';
  const port = Number(/^(?:.*:)?(\d+)$/.exec(address)?.[1] ?? 0);
  return port >= 1 && port <= 65_535 ? undefined : 'Invalid address or port';
};

/** `Error` refuses the configuration with its own text. */
const stop: Handler = ({ raw }) => {
  if (raw === '') return 'The Error directive was used with no message.';
  return /^["']/.test(raw) ? splitWord(raw, 0).value : raw;
};

export const coreHandlers: Readonly<Record<string, Handler>> = wordTable({
  options,
  allowoverride: allowOverride,
  loglevel: logLevel,
  documentroot: documentRoot,
  servername: serverName,
  listen,
  error: stop,
  port: () => 'Port was replaced with Listen in Apache 2.0',
});
