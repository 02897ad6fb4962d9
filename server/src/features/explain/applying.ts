import type { Entry } from '../../configuration/entries';
import type { Access } from '../../mounts/access';
import type { Mount } from '../../mounts/mounts';
import { type AccessFile, isAccessFile } from '../../mounts/overrides';
import { isReplaced } from '../effective';
import { code, codeOf, type PlaceText, placeBehind, placeOf, sectionCode, table } from './places';

/** The sections that apply to a request, and those that may, by their conditions. */
export type Applying = Pick<Mount, 'sections' | 'conditional'>;

const VERDICTS: Readonly<Record<Access['verdict'], string>> = {
  granted: 'Everybody is let in',
  denied: 'Nobody is let in: the answer is 403',
  conditional: 'Who is let in depends on the request',
  unset: 'No section of this configuration says who is let in; Apache then lets everybody in',
};

/** Whether a request is let in, by what, and what was merged for that. */
export const accessPart = (access: Access, { sections, conditional }: Applying, place: PlaceText): string => {
  const { entry, section, verdict } = access;
  const by = entry
    ? ` by ${codeOf(entry)}${section ? ` in ${sectionCode(section)}` : ''}${placeBehind(place, entry)}`
    : '';
  const list = [
    ...sections.map((each) => `- ${sectionCode(each)}${placeBehind(place, each)}${noteOn(each)}`),
    ...conditional.map(
      (each) =>
        `- ${sectionCode(each)}${placeBehind(place, each)}: only if its condition holds, which the URL does not tell`,
    ),
  ];
  const merged =
    list.length > 0
      ? `\n\nSections that apply, in the order in which they are merged:\n\n${list.join('\n')}`
      : '';
  return `**${VERDICTS[verdict]}**${by}.${merged}`;
};

const noteOn = (section: Entry): string => {
  if (isAccessFile(section)) return ': read with each request';
  return /^<(?:if|elseif|else)$/.test(section.key) ? ': its condition holds for this URL' : '';
};

/** What access files say and may not, which fails the request before anything else; undefined if none does. */
export const refusalText = (refusing: readonly AccessFile[], place: PlaceText): string | undefined => {
  const [file] = refusing;
  const [entry] = file?.forbidden ?? [];
  if (!file || !entry) return undefined;
  const { overrides } = file;
  const allowed = overrides.entry
    ? `${codeOf(overrides.entry)}${placeBehind(place, overrides.entry)} does not allow it`
    : 'no `AllowOverride` allows it';
  return `**The answer is 500**: ${codeOf(entry)}${placeBehind(place, entry)} may not stand there, because ${allowed}. What follows holds once that is mended.`;
};

/** Directives that other parts of the page tell of. */
const TOLD_ELSEWHERE =
  /^(?:<.*|rewrite.*|require|order|allow|deny|satisfy|allowoverride(?:list)?|wsgi(?:processgroup|applicationgroup|callableobject|passauthorization))$/;

/** Every other directive that counts in the sections: the last of a name, where only one does. */
export const otherSettings = ({ sections, conditional }: Applying, place: PlaceText): string | undefined => {
  const certain = sections.flatMap(({ children }) => children);
  const counting = certain.filter(
    (entry, index) => !isReplaced(entry) || !certain.slice(index + 1).some(({ key }) => key === entry.key),
  );
  const rows = [
    ...counting.map((entry) => ({ entry, when: '' })),
    ...conditional.flatMap((section) =>
      section.children.map((entry) => ({ entry, when: `, if ${sectionCode(section)} holds` })),
    ),
  ].filter(({ entry }) => !TOLD_ELSEWHERE.test(entry.key));
  if (rows.length === 0) return undefined;
  return table(
    ['Directive', 'Value', 'From'],
    rows.map(({ entry, when }) => [
      entry.name,
      code(entry.words.map(({ value }) => value).join(' ')),
      `${placeOf(place, entry)}${when}`,
    ]),
  );
};
