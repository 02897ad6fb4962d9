/** The numbers an option takes. */
export interface RangeRule {
  readonly description: string;
  readonly least: number;
  readonly most: number;
  /** 0 stands for the default, whatever `least` says. */
  readonly zero: boolean;
  readonly octal: boolean;
}

/** Reads the range column of the option table: `>= 1`, `> 0`, `0..65533`, `0 or >= 512`, `>= 0, must be valid octal`. */
export const rangeRule = (text: string): RangeRule | undefined => {
  const octal = text.includes('octal');
  const plain = text.replace(/,.*$/, '');
  const between = /^(\d+)\.\.(\d+)$/.exec(plain);
  if (between) {
    const [, least, most] = between;
    return rule(`between ${least} and ${most}`, Number(least), Number(most), octal);
  }
  const [, zero, operator, bound] = /^(0 or )?(>=|>) (\d+)$/.exec(plain) ?? [];
  if (bound === undefined) return undefined;
  const least = Number(bound) + (operator === '>' ? Number.MIN_VALUE : 0);
  const description =
    operator === '>'
      ? `greater than ${bound}`
      : `${zero ? '0 or ' : ''}${bound} or more${octal ? ', in octal digits' : ''}`;
  return { ...rule(description, least, Number.POSITIVE_INFINITY, octal), zero: zero !== undefined };
};

const rule = (description: string, least: number, most: number, octal: boolean): RangeRule => ({
  description,
  least,
  most,
  octal,
  zero: false,
});

/** True if a number as written is one the option takes. */
export const isWithin = (range: RangeRule, written: string): boolean => {
  if (range.octal && !/^[0-7]+$/.test(written)) return false;
  const value = Number(written);
  return (range.zero && value === 0) || (value >= range.least && value <= range.most);
};
