/** A value, or why nobody here knows it, as the end of a sentence. */
export type Known = { readonly value: string } | { readonly why: string };

/** A text that mod_rewrite makes of a template. */
export interface MadeText {
  /** What is not known stands in it as it is written. */
  readonly text: string;
  /** Why a part of it is not known; undefined if all of it is. */
  readonly gap: string | undefined;
}

/** What the references in a template stand for. */
export interface References {
  /** `$0` to `$9`: what the rule's pattern has found; undefined where nobody knows it. */
  readonly ofRule: readonly string[] | undefined;
  /** `%0` to `%9`: what the last condition's pattern has found. */
  readonly ofCondition: readonly string[] | undefined;
  /** `%{NAME}`. */
  variable(name: string): Known;
  /** `${map:key}`; undefined if the map does not have the key. */
  lookUp(map: string, key: string): Known | undefined;
}

/** Fills in a substitution or a test string. */
export const fillIn = (template: string, references: References): MadeText => {
  let text = '';
  let gap: string | undefined;
  for (let at = 0; at < template.length; ) {
    const found = referenceAt(template, at, references);
    if (!found) text += template[at++];
    else {
      const written = template.slice(at, found.next);
      if ('value' in found.known) text += found.known.value;
      else {
        text += written;
        gap ??= found.known.why;
      }
      at = found.next;
    }
  }
  return { text, gap };
};

interface Reference {
  readonly known: Known;
  /** Where the template goes on. */
  readonly next: number;
}

/** The reference or the escaped character at a place; undefined if the character stands for itself. */
const referenceAt = (template: string, at: number, references: References): Reference | undefined => {
  const [sign, behind = ''] = template.slice(at, at + 2);
  if (sign === '\\' && behind !== '') return { known: { value: behind }, next: at + 2 };
  if (sign !== '$' && sign !== '%') return undefined;
  if (/\d/.test(behind)) return { known: groupOf(references, sign, Number(behind)), next: at + 2 };
  const end = behind === '{' ? closingBrace(template, at + 2) : -1;
  if (end < 0) return undefined;
  const within = template.slice(at + 2, end);
  const known = sign === '%' ? references.variable(within) : looksUp(within, references);
  return known && { known, next: end + 1 };
};

const groupOf = (references: References, sign: '$' | '%', group: number): Known => {
  const groups = sign === '$' ? references.ofRule : references.ofCondition;
  return groups ? { value: groups[group] ?? '' } : { why: 'what a pattern has found before is not known' };
};

/** `map:key|default`; key and default are templates themselves. */
const looksUp = (within: string, references: References): Known | undefined => {
  const colon = atDepthNought(within, ':', 0);
  if (colon < 0) return undefined;
  const bar = atDepthNought(within, '|', colon + 1);
  const key = fillIn(within.slice(colon + 1, bar < 0 ? undefined : bar), references);
  if (key.gap !== undefined) return { why: key.gap };
  const found = references.lookUp(within.slice(0, colon), key.text);
  if (found) return found;
  const otherwise = fillIn(bar < 0 ? '' : within.slice(bar + 1), references);
  return otherwise.gap === undefined ? { value: otherwise.text } : { why: otherwise.gap };
};

const closingBrace = (text: string, from: number): number => atDepthNought(text, '}', from);

/** Where a character stands that no braces enclose, and no backslash escapes; below 0 if nowhere. */
const atDepthNought = (text: string, wanted: string, from: number): number => {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const character = text[at];
    if (character === '\\') at++;
    else if (character === wanted && depth === 0) return at;
    else if (character === '{') depth++;
    else if (character === '}') depth--;
  }
  return -1;
};
