import { wordTable } from '../../../common/src/word-table';
import type { HttpdDirectiveFact, Place, WsgiDirectiveFact } from './facts';

/** The places below a per-directory section. */
const SECTION_PLACES: readonly Place[] = ['directory', 'location', 'files', 'if', 'proxy', 'limit'];

const SERVER_PLACES: readonly Place[] = ['server config', 'virtual host'];

const ALL_PLACES: readonly Place[] = [...SERVER_PLACES, ...SECTION_PLACES];

/**
 * What a section makes of the lines inside it. `transparent`: a startup condition, whose content counts as standing
 * where the section stands. `inherit`: the place of the section around it. `unknown`: nothing can be said.
 */
export type SectionEffect = Place | 'transparent' | 'inherit' | 'unknown';

const SECTION_EFFECTS: Readonly<Record<string, SectionEffect>> = wordTable({
  virtualhost: 'virtual host',
  directory: 'directory',
  directorymatch: 'directory',
  location: 'location',
  locationmatch: 'location',
  files: 'files',
  filesmatch: 'files',
  if: 'if',
  elseif: 'if',
  else: 'if',
  proxy: 'proxy',
  proxymatch: 'proxy',
  limit: 'limit',
  limitexcept: 'limit',
  requireall: 'inherit',
  requireany: 'inherit',
  requirenone: 'inherit',
  ifmodule: 'transparent',
  ifdefine: 'transparent',
  ifversion: 'transparent',
  iffile: 'transparent',
  ifdirective: 'transparent',
  ifsection: 'transparent',
});

/** The effect of a section by its name, any letter case; `unknown` for macros and sections of unknown modules. */
export const sectionEffect = (name: string): SectionEffect =>
  SECTION_EFFECTS[name.toLowerCase()] ?? 'unknown';

/** True for a section that is evaluated while the file is read and leaves no trace (httpd-grammar §6). */
export const isStartupCondition = (name: string): boolean => sectionEffect(name) === 'transparent';

/** The places where the server takes a directive: as it was seen to do, else as the manual says. */
export const acceptedPlaces = (fact: HttpdDirectiveFact): readonly Place[] => {
  if (fact.where === undefined) return manualPlaces(fact.contexts);
  const level =
    fact.where === 'outside' ? SERVER_PLACES : fact.where === 'inside' ? SECTION_PLACES : ALL_PLACES;
  return level.filter((place) => !fact.refused?.includes(place));
};

/** The places where mod_wsgi's command table takes a directive. */
export const wsgiPlaces = (fact: WsgiDirectiveFact): readonly Place[] => manualPlaces(fact.contexts);

/** The manual's words as places; its `directory` stands for all per-directory sections. */
export const manualPlaces = (contexts: readonly string[]): readonly Place[] => [
  ...SERVER_PLACES.filter((place) => contexts.includes(place)),
  ...(contexts.includes('directory')
    ? SECTION_PLACES
    : contexts.includes('proxy section')
      ? (['proxy'] as const)
      : []),
];
