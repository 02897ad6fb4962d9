import type { Entry } from '../configuration/entries';

/** Who is let in by the authorization that is in effect. */
export interface Access {
  /** `unset`: no section says anything; Apache then lets everybody in. */
  readonly verdict: 'granted' | 'denied' | 'conditional' | 'unset';
  /** The section whose authorization counts. */
  readonly section: Entry | undefined;
  /** The directive that decides, where it is one. */
  readonly entry: Entry | undefined;
}

const CONTAINERS = /^<require(?:all|any|none)$/;

const COMPATIBLE = /^(?:order|allow|deny)$/;

const authorization = (section: Entry): readonly Entry[] =>
  section.children.flatMap((entry) =>
    entry.key === 'require' ? [entry] : CONTAINERS.test(entry.key) ? [entry] : [],
  );

const isWord = (entry: Entry, second: string): boolean =>
  entry.words[0]?.value.toLowerCase() === 'all' && entry.words[1]?.value.toLowerCase() === second;

/**
 * The authorization of the sections that apply, in merge order: the last section that has some counts alone.
 *
 * @param conditional sections that apply to some requests only, and then take the place of the others
 */
export const accessFor = (sections: readonly Entry[], conditional: readonly Entry[] = []): Access => {
  for (const section of conditional) {
    const [entry] = [
      ...authorization(section),
      ...section.children.filter(({ key }) => COMPATIBLE.test(key)),
    ];
    if (entry) return { verdict: 'conditional', section, entry };
  }
  for (const section of sections.toReversed()) {
    const rules = authorization(section);
    const old = section.children.filter(({ key }) => COMPATIBLE.test(key));
    if (rules.length === 0 && old.length === 0) continue;
    return rules.length > 0 ? judge(section, rules) : judgeOld(section, old);
  }
  return { verdict: 'unset', section: undefined, entry: undefined };
};

const judge = (section: Entry, rules: readonly Entry[]): Access => {
  const granted = rules.find((entry) => isWord(entry, 'granted'));
  // Several Require lines are alternatives.
  if (granted) return { verdict: 'granted', section, entry: granted };
  const denied = rules.every((entry) => isWord(entry, 'denied'));
  const [entry] = rules;
  return { verdict: denied ? 'denied' : 'conditional', section, entry };
};

const judgeOld = (section: Entry, old: readonly Entry[]): Access => {
  const order = old.findLast(({ key }) => key === 'order')?.words[0]?.value.toLowerCase() ?? 'deny,allow';
  const fromAll = (key: string) =>
    old.find((entry) => entry.key === key && entry.words[1]?.value.toLowerCase() === 'all');
  const allow = fromAll('allow');
  const deny = fromAll('deny');
  if (order.startsWith('deny') ? allow || !old.some(({ key }) => key === 'deny') : allow && !deny)
    return { verdict: 'granted', section, entry: allow };
  if (deny && !old.some(({ key }) => key === 'allow')) return { verdict: 'denied', section, entry: deny };
  return { verdict: 'conditional', section, entry: old[0] };
};
