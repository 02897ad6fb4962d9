import { bytesThat, CLASS_ESCAPES, inverted, NAMED_CLASSES, withBothCases } from './bytes';
import { matchAt, readEscapedByte } from './escapes';
import { type ByteSet, beyond, broken } from './nodes';

/** One thing in a set: a byte, or several that an escape or a name stands for. */
type Member = { readonly byte: number } | { readonly set: ByteSet };

/**
 * Reads `[...]`.
 *
 * @param at behind the bracket
 * @returns the set, and where the text goes on
 * @throws PatternProblem
 */
export const readSet = (
  pattern: string,
  at: number,
  ignoresCase: boolean,
): { readonly set: ByteSet; readonly next: number } => {
  const reader = new SetReader(pattern, at);
  const { negated, set } = reader.read();
  const folded = ignoresCase ? withBothCases(set) : set;
  return { set: negated ? inverted(folded) : folded, next: reader.at };
};

class SetReader {
  private isQuoted = false;
  private readonly set: ByteSet = bytesThat(() => false);

  constructor(
    private readonly pattern: string,
    public at: number,
  ) {}

  read(): { readonly negated: boolean; readonly set: ByteSet } {
    const negated = this.pattern[this.at] === '^';
    if (negated) this.at++;
    let member = this.member(true);
    while (member) {
      member = this.isRange() ? this.range(member) : this.single(member);
    }
    return { negated, set: this.set };
  }

  private single(member: Member): Member | undefined {
    if ('byte' in member) this.set[member.byte] = 1;
    else for (const [byte, isIn] of member.set.entries()) if (isIn) this.set[byte] = 1;
    return this.member(false);
  }

  private range(from: Member): Member | undefined {
    this.at++;
    const to = this.member(false);
    // PCRE2 refuses it, and PCRE, which older Apaches have, takes the sign for itself.
    if (!to || !('byte' in from) || !('byte' in to)) throw beyond('a range of a set without ends');
    if (from.byte > to.byte) throw broken('a range of a set runs backwards');
    this.set.fill(1, from.byte, to.byte + 1);
    return this.member(false);
  }

  private isRange(): boolean {
    if (this.isQuoted || this.pattern[this.at] !== '-') return false;
    const behind = this.pattern[this.at + 1];
    return behind !== ']' && behind !== undefined;
  }

  /** The next member; undefined at the end of the set. */
  private member(isFirst: boolean): Member | undefined {
    this.skipQuotes();
    const character = this.pattern[this.at];
    if (character === undefined) throw broken('a set is not closed');
    if (this.isQuoted) return this.literal();
    if (character === ']' && !isFirst) {
      this.at++;
      return undefined;
    }
    if (character === '[') return this.named() ?? this.literal();
    return character === '\\' ? this.escape() : this.literal();
  }

  private literal(): Member {
    return { byte: this.pattern.charCodeAt(this.at++) };
  }

  private skipQuotes(): void {
    while (this.pattern.startsWith(this.isQuoted ? '\\E' : '\\Q', this.at)) {
      this.isQuoted = !this.isQuoted;
      this.at += 2;
    }
    if (!this.isQuoted && this.pattern.startsWith('\\E', this.at)) {
      this.at += 2;
      this.skipQuotes();
    }
  }

  private named(): Member | undefined {
    const found = matchAt(/\[([:.=])(\^?)([a-zA-Z]*)\1\]/y, this.pattern, this.at);
    if (!found) return undefined;
    const [whole, sign, not, name = ''] = found;
    const set = NAMED_CLASSES[name];
    if (sign !== ':' || !set) throw broken(`\`${whole}\` names no class of characters`);
    this.at += whole.length;
    return { set: not ? inverted(set) : set };
  }

  private escape(): Member {
    const letter = this.pattern[this.at + 1] ?? '';
    const set = CLASS_ESCAPES[letter];
    if (set) {
      this.at += 2;
      return { set };
    }
    if (letter === 'b') {
      this.at += 2;
      return { byte: 8 };
    }
    if (/[BRXN]/.test(letter)) throw broken(`\`\\${letter}\` stands in a set`);
    const { byte, next } = readEscapedByte(this.pattern, this.at + 1);
    this.at = next;
    return { byte };
  }
}
