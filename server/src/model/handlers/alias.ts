import { wordTable } from '../../../../common/src/word-table';
import { placeOf } from '../context';
import type { Handler } from '../execute';

const alias: Handler = ({ node, name, words }) =>
  words.length < 2 && placeOf(node) !== 'location'
    ? `${name} must have two arguments when used globally`
    : undefined;

const STATUS_WORDS = ['permanent', 'temp', 'seeother', 'gone'];

/** `Redirect [status] [path] URL`: only `gone` and statuses outside 300–399 do without a URL. */
const redirect: Handler = ({ node, words }) => {
  const [first = ''] = words;
  const named = STATUS_WORDS.includes(first.toLowerCase()) || /^\d{3}$/.test(first);
  const withoutUrl = first.toLowerCase() === 'gone' || /^[124-5]\d\d$/.test(first);
  const given = words.length - (named ? 1 : 0);
  if (placeOf(node) === 'location' && given >= 1) return undefined;
  if (withoutUrl) return given <= 1 ? undefined : 'Redirect URL not valid for this status';
  return given >= 2 ? undefined : 'URL to redirect to is missing';
};

export const aliasHandlers: Readonly<Record<string, Handler>> = wordTable({
  alias,
  scriptalias: alias,
  redirect,
});
