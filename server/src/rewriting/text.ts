/** A text that mod_rewrite makes of a template. */
export interface MadeText {
  /** What is not known stands in it as it is written. */
  readonly text: string;
  readonly known: boolean;
}

/** What the references in a template stand for; undefined where nobody knows it. */
export interface References {
  /** `$0` to `$9`: what the rule's pattern has found. */
  readonly ofRule: readonly string[] | undefined;
  /** `%0` to `%9`: what the last condition's pattern has found. */
  readonly ofCondition: readonly string[] | undefined;
  /** `%{NAME}`. */
  variable(name: string): string | undefined;
}

/** An escaped character, `$1`, `%1`, `%{NAME}`, and `${map:key}`. */
const REFERENCE = /\\(.)|\$(\d)|%(\d)|%\{([^}]*)\}|\$\{[^}]*\}/gs;

/** Fills in a substitution or a test string. */
export const fillIn = (template: string, references: References): MadeText => {
  let known = true;
  const text = template.replace(
    REFERENCE,
    (written, escaped?: string, ofRule?: string, ofCondition?: string, name?: string) => {
      if (escaped !== undefined) return escaped;
      const value = replacementFor(references, ofRule, ofCondition, name);
      if (value === undefined) known = false;
      return value ?? written;
    },
  );
  return { text, known };
};

const replacementFor = (
  references: References,
  ofRule: string | undefined,
  ofCondition: string | undefined,
  name: string | undefined,
): string | undefined => {
  if (name !== undefined) return references.variable(name);
  const groups = ofRule === undefined ? references.ofCondition : references.ofRule;
  return groups && (groups[Number(ofRule ?? ofCondition)] ?? '');
};
