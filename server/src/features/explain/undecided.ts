import type { Entry } from '../../configuration/entries';
import type { Host } from '../../mounts/hosts';
import type { Mount } from '../../mounts/mounts';
import { type SectionGround, type Target, undecidedSections } from '../../mounts/sections';
import { findPattern } from '../../patterns/pattern';
import { undecidedSteps } from '../before-mounts';
import type { RequestUrl } from './request-url';

/** A directive or section that is passed over, since nobody can tell whether its pattern matches. */
export interface Undecided {
  readonly entry: Entry;
  /** As the end of a sentence. */
  readonly why: string;
}

/** What is asked for one way through the server. */
export interface Asked {
  readonly url: RequestUrl;
  readonly file: string | undefined;
  readonly tried: readonly Mount[];
}

/** What was passed over on one way through the server. */
export const undecidedOn = (
  { url, file, tried }: Asked,
  ground: SectionGround,
  host: Host,
  levels: readonly Host[],
): readonly Undecided[] => {
  const target: Target = { file, url: url.path };
  return [
    ...undecidedSteps(levels, url.path),
    ...tried.flatMap((mount) => undecidedMount(mount, url.path)),
    ...undecidedSections(target, ground, host).map(({ section, why }) => ({ entry: section, why })),
  ];
};

const undecidedMount = ({ kind, url, entry }: Mount, path: string): readonly Undecided[] => {
  const found = kind === 'match' && url ? findPattern(url.value, path) : undefined;
  return found?.kind === 'unknown' ? [{ entry, why: found.why }] : [];
};
