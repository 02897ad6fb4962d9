import type { Mount } from '../../mounts/mounts';
import type { Answer, FolderRewrites, Leg } from './leg';
import type { RequestUrl } from './request-url';

/** Where a request stands when rules of a folder have sent it elsewhere. */
export interface Departure {
  readonly url: RequestUrl;
  readonly answer: Answer;
  /** The file that the rules were asked about. */
  readonly name: string;
  /** The folder of the `DocumentRoot`. */
  readonly root: string | undefined;
}

/** Where the rules of a folder lead. */
export const nextOf = (
  folders: FolderRewrites,
  { url: from, answer, name, root }: Departure,
): Pick<Leg, 'folders' | 'next'> => {
  const { rewriting, folder, settings } = folders;
  const context = contextOf(answer);
  if (rewriting?.result.kind === 'redirect') {
    const { result } = rewriting;
    const text = inUrl(result.url.text, (path) => rebased(path, folder, settings.base) ?? path);
    const based = { ...rewriting, result: { ...result, url: { ...result.url, text } } };
    return { folders: { ...folders, rewriting: based }, next: undefined };
  }
  if (rewriting?.result.kind !== 'rewritten') return { folders, next: undefined };
  const { path, query } = rewriting.result;
  if (path === name) return { folders, next: undefined };
  const url =
    settings.base !== undefined
      ? rebased(path, folder, settings.base)
      : root !== undefined && path.startsWith(`${root}/`)
        ? path.slice(root.length)
        : undefined;
  const inContext = context && rebased(path, `${context.root.replace(/\/$/, '')}/`, context.prefix);
  return { folders, next: { ...from, path: url ?? inContext ?? path, query } };
};

/** What of a URL is left behind the script of a mount. */
export const restBehind = (answer: Answer, path: string): string => {
  const isAlias = answer.kind === 'mount' && answer.mount.kind === 'alias';
  return isAlias ? path.slice(prefixOf(answer.mount).length) : '';
};

const prefixOf = ({ url }: Mount): string => (url?.value ?? '').replace(/\/+$/, '');

/** A URL path, and the folder that it stands for. */
interface Context {
  readonly prefix: string;
  readonly root: string;
}

/** What an `Alias` makes of a URL path. */
const contextOf = (answer: Answer): Context | undefined => {
  if (answer.kind !== 'file' || answer.by.key !== 'alias') return undefined;
  const [prefix, root] = answer.by.words;
  return prefix && root && { prefix: prefix.value, root: root.value };
};

/** A path below a folder as one below the URL path that stands for it. */
const rebased = (path: string, folder: string, base: string | undefined): string | undefined =>
  base !== undefined && path.startsWith(folder)
    ? `${base.replace(/\/$/, '')}/${path.slice(folder.length)}`
    : undefined;

/** Changes the path of a URL. */
const inUrl = (url: string, change: (path: string) => string): string => {
  const [, origin = '', path = ''] = /^([a-z][a-z0-9+.-]*:\/\/[^/]*)?(.*)$/is.exec(url) ?? [];
  return `${origin}${change(path)}`;
};
