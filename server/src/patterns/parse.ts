import { wordTable } from '../../../common/src/word-table';
import { bytesThat, CLASS_ESCAPES, inverted, NEWLINE, withBothCases } from './bytes';
import { matchAt, readEscapedByte } from './escapes';
import { type ByteSet, beyond, broken, type Node, type Place } from './nodes';
import { readSet } from './sets';
import { widthOf } from './width';

/** What a pattern says, with the number of its groups. */
export interface ParsedPattern {
  readonly node: Node;
  readonly groups: number;
}

/** PCRE's limits of nesting and of counts. */
const DEEPEST = 250;
const LARGEST_COUNT = 65_535;

/** `(?i)` and its like; `s` is on in Apache, unless `RegexDefaultOptions` says otherwise. */
interface Options {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
}

/**
 * Reads a pattern as PCRE2 10.42 does, of bytes, with `DOTALL`, `DOLLAR_ENDONLY` and `DUPNAMES` as Apache sets them.
 *
 * @throws PatternProblem if PCRE refuses it, or it says what is not followed here
 */
export const parsePattern = (bytes: string, ignoresCase: boolean): ParsedPattern =>
  new Parser(bytes, { i: ignoresCase, m: false, s: true }).parse();

const PLACES: Readonly<Record<string, Place>> = wordTable({
  A: 'start',
  b: 'boundary',
  B: 'no-boundary',
  z: 'end',
  Z: 'end-or-last-newline',
});

/** Sets of one byte, made with the first pattern that has it: all of them would take longer than most programs need to start. */
const SINGLE_BYTES: ByteSet[] = [];
const SINGLE_LETTERS: ByteSet[] = [];

const single = (byte: number): ByteSet => {
  SINGLE_BYTES[byte] ??= bytesThat((each) => each === byte);
  return SINGLE_BYTES[byte];
};

const singleLetter = (byte: number): ByteSet => {
  SINGLE_LETTERS[byte] ??= withBothCases(single(byte));
  return SINGLE_LETTERS[byte];
};

const ANY = bytesThat(() => true);
const NO_NEWLINE = inverted(NEWLINE);

const literal = (byte: number, ignoresCase: boolean): Node => ({
  kind: 'set',
  set: ignoresCase ? singleLetter(byte) : single(byte),
});

/** `\R`. */
const LINE_BREAK: Node = {
  kind: 'atomic',
  of: {
    kind: 'either',
    choices: [
      { kind: 'sequence', parts: ['\r', '\n'].map((character) => literal(character.charCodeAt(0), false)) },
      { kind: 'set', set: CLASS_ESCAPES.v as ByteSet },
    ],
  },
};

class Parser {
  private at = 0;
  private groups = 0;
  private depth = 0;
  private isQuoted = false;
  private readonly names = new Map<string, number>();
  private readonly sharedNames = new Set<string>();
  private readonly references: number[] = [];

  constructor(
    private readonly pattern: string,
    private options: Options,
  ) {}

  parse(): ParsedPattern {
    const node = this.alternatives();
    if (this.at < this.pattern.length) throw broken('a parenthesis is closed that is not open');
    if (this.references.some((group) => group > this.groups))
      throw broken('it refers to a group that is not there');
    return { node, groups: this.groups };
  }

  private alternatives(): Node {
    const choices = [this.sequence()];
    while (!this.isQuoted && this.pattern[this.at] === '|') {
      this.at++;
      choices.push(this.sequence());
    }
    const [only] = choices;
    return choices.length === 1 && only ? only : { kind: 'either', choices };
  }

  private sequence(): Node {
    const parts: Node[] = [];
    for (;;) {
      this.skipInvisible();
      const character = this.pattern[this.at];
      if (character === undefined || (!this.isQuoted && (character === '|' || character === ')'))) break;
      const item = this.item(character);
      if (item) parts.push(this.repeated(item));
    }
    return { kind: 'sequence', parts };
  }

  /** Passes over comments and the signs around quoted text. */
  private skipInvisible(): void {
    for (;;) {
      if (this.pattern.startsWith('\\E', this.at)) this.isQuoted = false;
      else if (!this.isQuoted && this.pattern.startsWith('\\Q', this.at)) this.isQuoted = true;
      else if (!this.isQuoted && this.pattern.startsWith('(?#', this.at)) {
        const end = this.pattern.indexOf(')', this.at);
        if (end < 0) throw broken('a comment is not closed');
        this.at = end - 1;
      } else return;
      this.at += 2;
    }
  }

  /** The next thing that may be repeated; undefined for options, which are nothing by themselves. */
  private item(character: string): Node | undefined {
    if (this.isQuoted) return this.literal(this.pattern.charCodeAt(this.at++));
    switch (character) {
      case '\\':
        return this.escape();
      case '[':
        return this.set();
      case '(':
        return this.parenthesis();
      case '.':
        this.at++;
        return { kind: 'set', set: this.options.s ? ANY : NO_NEWLINE };
      case '^':
        this.at++;
        return this.place(this.options.m ? 'line-start' : 'start');
      case '$':
        this.at++;
        return this.place(this.options.m ? 'line-end' : 'end');
      default:
        if (this.quantifier()) throw broken('a quantifier has nothing to repeat');
        this.at++;
        return this.literal(character.charCodeAt(0));
    }
  }

  private literal(byte: number): Node {
    return literal(byte, this.options.i);
  }

  /** A place, which is never repeated. */
  private place(place: Place): Node {
    this.skipInvisible();
    if (!this.isQuoted && this.quantifier()) throw broken('a quantifier has nothing to repeat');
    return { kind: 'at', place };
  }

  private repeated(of: Node): Node {
    if (of.kind === 'at') return of;
    this.skipInvisible();
    const found = this.isQuoted ? undefined : this.quantifier();
    if (!found) return of;
    this.at += found.length;
    const sign = this.pattern[this.at];
    if (sign === '?' || sign === '+') this.at++;
    if (this.quantifier()) throw broken('a quantifier has nothing to repeat');
    if (matchAt(/\(\?#|(?:\\Q)?\\E/y, this.pattern, this.at)) throw beyond('a comment behind a quantifier');
    const { least, most } = found;
    const repeat: Node = { kind: 'repeat', of, least, most, isLazy: sign === '?' };
    return sign === '+' ? { kind: 'atomic', of: repeat } : repeat;
  }

  private quantifier(): { least: number; most: number; length: number } | undefined {
    const found = matchAt(/[*+?]|\{(\d+)(,?)(\d*)\}/y, this.pattern, this.at);
    if (!found) return undefined;
    const [written, first, comma, last] = found;
    if (first === undefined)
      return { least: written === '+' ? 1 : 0, most: written === '?' ? 1 : Infinity, length: 1 };
    // `{23` needs a comma between its counts, else it is text.
    if (comma === '' && last !== '') return undefined;
    const least = Number(first);
    const most = comma === '' ? least : last === '' ? Infinity : Number(last);
    if (least > LARGEST_COUNT || (most !== Infinity && most > LARGEST_COUNT))
      throw broken('a count is too large');
    if (most < least) throw broken('the counts of a quantifier stand in the wrong order');
    return { least, most, length: written.length };
  }

  private set(): Node {
    if (matchAt(/\[([:.=])\^?[a-zA-Z]*\1\]/y, this.pattern, this.at))
      throw broken('a named class of characters stands outside of a set');
    const { set, next } = readSet(this.pattern, this.at + 1, this.options.i);
    this.at = next;
    return { kind: 'set', set };
  }

  private escape(): Node {
    const letter = this.pattern[this.at + 1] ?? '';
    const set = CLASS_ESCAPES[letter] ?? (letter === 'N' ? NO_NEWLINE : undefined);
    const place = PLACES[letter];
    if (set || place || letter === 'R') {
      this.at += 2;
      if (set) return { kind: 'set', set };
      return place ? this.place(place) : LINE_BREAK;
    }
    const reference = this.reference();
    if (reference !== undefined) return reference;
    const { byte, next } = readEscapedByte(this.pattern, this.at + 1);
    this.at = next;
    return this.literal(byte);
  }

  /** `\1`, `\g{-1}`, `\k<name>`; a number above 9 that no group has is a character. */
  private reference(): Node | undefined {
    const found =
      matchAt(/\\([1-9]\d*)/y, this.pattern, this.at) ??
      matchAt(/\\g(?:\{([+-]?\d+)\}|([+-]?\d+))/y, this.pattern, this.at);
    if (found) {
      const written = found[1] ?? found[2] ?? '';
      const number = Number(written);
      const isPlain = /^\\\d/.test(found[0]);
      if (isPlain && number > 9 && number > this.groups && !/^[89]/.test(written)) return undefined;
      const group = /^-/.test(written)
        ? this.groups + 1 + number
        : /^\+/.test(written)
          ? this.groups + number
          : number;
      if (group < 1) throw broken('it refers to a group that is not there');
      return this.again(group, found[0].length);
    }
    const named = matchAt(/\\(?:k(?:<(\w+)>|\{(\w+)\}|'(\w+)')|g\{([A-Za-z_]\w*)\})/y, this.pattern, this.at);
    if (named) return this.againNamed(named.slice(1).find(Boolean) ?? '', named[0].length);
    if (/^\\[gk]/.test(this.pattern.slice(this.at, this.at + 2))) {
      if (/^\\g[<']/.test(this.pattern.slice(this.at, this.at + 3))) throw beyond('a group that is called');
      throw broken('a reference to a group cannot be read');
    }
    return undefined;
  }

  private again(group: number, length: number): Node {
    this.at += length;
    this.references.push(group);
    return { kind: 'again', group, ignoresCase: this.options.i };
  }

  private againNamed(name: string, length: number): Node {
    const group = this.names.get(name);
    const rest = this.pattern.slice(this.at + length);
    // A group of the name may stand further on, or several have it, which are patterns of nobody's.
    if ([`?<${name}>`, `?P<${name}>`, `?'${name}'`].some((opening) => rest.includes(opening)))
      throw beyond('a reference to a group that follows');
    if (group === undefined) throw broken('it refers to a group that is not there');
    if (this.sharedNames.has(name)) throw beyond('a reference to one of several groups of a name');
    return this.again(group, length);
  }

  private parenthesis(): Node | undefined {
    const { pattern, at } = this;
    if (pattern.startsWith('(*', at)) throw beyond('a verb such as `(*SKIP)`');
    if (pattern[at + 1] !== '?') return this.group(1);
    const named = matchAt(/\(\?(?:P?<([A-Za-z_]\w*)>|'([A-Za-z_]\w*)')/y, pattern, at);
    if (named) return this.group(named[0].length, named[1] ?? named[2]);
    const again = matchAt(/\(\?P=(\w+)\)/y, pattern, at);
    if (again) return this.againNamed(again[1] ?? '', again[0].length);
    const look = matchAt(/\(\?(<?)([=!])/y, pattern, at);
    if (look) return this.look(look[0].length, look[1] === '<', look[2] === '!');
    if (pattern.startsWith('(?:', at)) return this.inParentheses(3);
    if (pattern.startsWith('(?>', at)) return { kind: 'atomic', of: this.inParentheses(3) };
    if (matchAt(/\(\?(?:[|(C*<]|R\)|[+-]?\d+\)|&|P>)/y, pattern, at) && !pattern.startsWith('(?<', at))
      throw beyond(`\`${pattern.slice(at, at + 3)}\``);
    return this.setOptions();
  }

  private group(length: number, name?: string): Node {
    const number = ++this.groups;
    if (name !== undefined && this.names.has(name)) this.sharedNames.add(name);
    if (name !== undefined) this.names.set(name, number);
    return { kind: 'group', number, of: this.inParentheses(length) };
  }

  /** @param length of what opens it */
  private inParentheses(length: number): Node {
    if (++this.depth > DEEPEST) throw broken('parentheses are nested too deep');
    this.at += length;
    const { options } = this;
    const node = this.alternatives();
    this.options = options;
    if (this.pattern[this.at] !== ')') throw broken('a parenthesis is not closed');
    this.at++;
    this.depth--;
    return node;
  }

  private look(length: number, isBehind: boolean, negated: boolean): Node {
    const of = this.inParentheses(length);
    if (!isBehind) return { kind: 'look', of, negated };
    const choices = of.kind === 'either' ? of.choices : [of];
    const behind = choices.map((choice): Node => {
      const by = widthOf(choice);
      if (by === undefined) throw beyond('a look-behind without a fixed length');
      return { kind: 'sequence', parts: [{ kind: 'back', by }, choice] };
    });
    return { kind: 'look', of: { kind: 'either', choices: behind }, negated };
  }

  /** `(?i)`, which counts to the end of the group, and `(?i:...)`. */
  private setOptions(): Node | undefined {
    const found = matchAt(/\(\?(\^?)([a-zA-Z]*)(?:-([a-zA-Z]*))?([:)])/y, this.pattern, this.at);
    if (!found) throw broken('what `(?` begins cannot be read');
    const [whole, reset, on = '', off = '', end] = found;
    if (/[^imsxnJU]/.test(on + off)) throw broken('an option is unknown');
    if (/[xnJU]/.test(on + off)) throw beyond(`\`${whole}\``);
    const before = this.options;
    const base = reset ? { i: false, m: false, s: false } : before;
    const now = (option: keyof Options): boolean =>
      (base[option] || on.includes(option)) && !off.includes(option);
    const options = { i: now('i'), m: now('m'), s: now('s') };
    if (end === ':') {
      this.options = options;
      const node = this.inParentheses(whole.length);
      this.options = before;
      return node;
    }
    this.options = options;
    this.at += whole.length;
    if (this.quantifier()) throw broken('a quantifier has nothing to repeat');
    return undefined;
  }
}
