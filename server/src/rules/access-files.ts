import type { Entry } from '../configuration/entries';
import { mayOverride, readsAccessFile } from '../mounts/overrides';
import type { Serving } from '../mounts/serving';
import type { AccessFileContext, Report, SiteFinding } from './rule';

/** An access file that no host reads. */
export const accessFileNotRead = (
  { entries, servings }: AccessFileContext,
  report: Report<SiteFinding>,
): void => {
  const [first] = entries;
  const [serving] = servings;
  if (!first || !serving || servings.some(isRead)) return;
  const { entry } = serving.overrides;
  const cause = serving.otherNames ?? entry;
  report({
    at: first.nameRange,
    message: `Apache does not read this file: ${reasonOf(serving)}.`,
    ...(cause && { related: [{ at: cause.range, message: 'this decides it' }] }),
  });
};

const isRead = ({ overrides, otherNames }: Serving): boolean => !otherNames && readsAccessFile(overrides);

const reasonOf = ({ overrides: { entry }, otherNames }: Serving): string => {
  if (otherNames) return `\`${textOf(otherNames)}\` gives such files another name`;
  return `\`${entry ? textOf(entry) : 'AllowOverride None'}\` holds for its folder`;
};

/** Directives that no host which reads the file allows in it. */
export const notAllowedInAccessFile = (
  { entries, servings }: AccessFileContext,
  report: Report<SiteFinding>,
): void => {
  const reading = servings.filter(isRead);
  const [first] = reading;
  if (!first) return;
  const { entry: cause, forgives } = first.overrides;
  for (const entry of everyEntry(entries)) {
    // What no access file may have is found without the server.
    if (!entry.directive?.htaccess || reading.some(({ overrides }) => mayOverride(entry, overrides)))
      continue;
    report({
      at: entry.nameRange,
      message: `\`${entry.name}\` is not allowed here: ${cause ? `\`${textOf(cause)}\` does not permit it` : 'no `AllowOverride` permits it'}, so ${forgives ? 'Apache passes over it' : 'every request below this directory will fail with 500'}.`,
      ...(forgives && { severity: 'warning' as const }),
      ...(cause && { related: [{ at: cause.range, message: 'this decides what is allowed' }] }),
    });
  }
};

const textOf = ({ name, words }: Entry): string => [name, ...words.map(({ value }) => value)].join(' ');

const everyEntry = (entries: readonly Entry[]): readonly Entry[] =>
  entries.flatMap((entry) => [entry, ...everyEntry(entry.children)]);
