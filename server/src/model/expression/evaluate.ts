import { wordTable } from '../../../../common/src/word-table';
import { findPattern } from '../../patterns/pattern';
import { checkExpression } from './check';
import { type Token, type TokenKind, tokenize } from './lexer';

/** What is known of a request. */
export interface RequestFacts {
  /** The value of a variable, its name in capitals; undefined if nobody knows it. */
  variable(name: string): string | undefined;
}

/** Undefined: only the running server can tell. */
type Truth = boolean | undefined;

/**
 * Decides an expression of `<If>` as far as the request is known. What Apache computes from files, addresses, other headers or the
 * environment stays open.
 *
 * @returns undefined also for what is no expression
 */
export const evaluateExpression = (text: string, facts: RequestFacts): boolean | undefined =>
  decideExpression(text, facts).holds;

/** What is known of an expression. */
export interface Decision {
  readonly holds: Truth;
  /** What its pattern has found; undefined unless it has one, and that has found something. */
  readonly groups: readonly string[] | undefined;
}

/** The same as {@link evaluateExpression}, with what was found. */
export const decideExpression = (text: string, facts: RequestFacts): Decision => {
  if (checkExpression(text) !== undefined) return { holds: undefined, groups: undefined };
  const evaluator = new Evaluator(tokenize(text), facts);
  const holds = evaluator.condition();
  return { holds, groups: evaluator.found.length === 1 ? evaluator.found[0] : undefined };
};

type Compare = (left: string, right: string) => boolean;

const byText =
  (holds: (order: number) => boolean): Compare =>
  (left, right) =>
    holds(left < right ? -1 : left > right ? 1 : 0);

const byNumber =
  (holds: (order: number) => boolean): Compare =>
  (left, right) =>
    holds((Number.parseInt(left, 10) || 0) - (Number.parseInt(right, 10) || 0));

const COMPARE: Partial<Record<TokenKind, Compare>> = {
  T_OP_STR_EQ: byText((order) => order === 0),
  T_OP_STR_NE: byText((order) => order !== 0),
  T_OP_STR_LT: byText((order) => order < 0),
  T_OP_STR_LE: byText((order) => order <= 0),
  T_OP_STR_GT: byText((order) => order > 0),
  T_OP_STR_GE: byText((order) => order >= 0),
  T_OP_EQ: byNumber((order) => order === 0),
  T_OP_NE: byNumber((order) => order !== 0),
  T_OP_LT: byNumber((order) => order < 0),
  T_OP_LE: byNumber((order) => order <= 0),
  T_OP_GT: byNumber((order) => order > 0),
  T_OP_GE: byNumber((order) => order >= 0),
};

const FUNCTIONS: Readonly<Record<string, (text: string) => string>> = wordTable({
  tolower: (text) => text.toLowerCase(),
  toupper: (text) => text.toUpperCase(),
});

/** Operators that ask about one word, as far as the word is enough. */
const UNARY: Readonly<Record<string, (text: string) => boolean>> = wordTable({
  n: (text) => text !== '',
  z: (text) => text === '',
  T: (text) => !/^(?:|0|off|false|no)$/i.test(text),
});

/** Walks over the tokens of an expression that the server accepts. */
class Evaluator {
  /** What each pattern that was asked has found, in order; undefined where it has found nothing. */
  readonly found: (readonly string[] | undefined)[] = [];
  private at = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly facts: RequestFacts,
  ) {}

  condition(): Truth {
    let value = this.conjunction();
    while (this.skip('T_OP_OR')) {
      const other = this.conjunction();
      value = value === true || other === true ? true : value === false ? other : undefined;
    }
    return value;
  }

  private conjunction(): Truth {
    let value = this.negation();
    while (this.skip('T_OP_AND')) {
      const other = this.negation();
      value = value === false || other === false ? false : value === true ? other : undefined;
    }
    return value;
  }

  private negation(): Truth {
    if (this.skip('T_OP_NOT')) return not(this.negation());
    if (this.skip('T_TRUE')) return true;
    if (this.skip('T_FALSE')) return false;
    if (this.skip("'('")) {
      const value = this.condition();
      this.skip("')'");
      return value;
    }
    if (this.kind() !== 'T_OP_UNARY') return this.comparison();
    const asks = UNARY[this.next().text];
    const word = this.word();
    return word === undefined ? undefined : asks?.(word);
  }

  private comparison(): Truth {
    const left = this.word();
    const { kind } = this.next();
    if (kind === 'T_OP_IN') return this.isIn(left);
    if (kind === 'T_OP_REG' || kind === 'T_OP_NRE') {
      const { kind: flavour, text } = this.next();
      if (left === undefined) return undefined;
      const found = findPattern(text, left, { ignoresCase: flavour === 'T_REGEX_I' });
      this.found.push(found.kind === 'found' ? found.groups : undefined);
      return found.kind === 'unknown' ? undefined : (found.kind === 'found') === (kind === 'T_OP_REG');
    }
    const right = this.word();
    return left === undefined || right === undefined ? undefined : COMPARE[kind]?.(left, right);
  }

  private isIn(word: string | undefined): Truth {
    if (this.kind() !== "'{'") return undefined;
    const values: (string | undefined)[] = [];
    do {
      this.next();
      values.push(this.word());
    } while (this.kind() === "','");
    this.next();
    if (word === undefined) return undefined;
    if (values.includes(word)) return true;
    return values.includes(undefined) ? undefined : false;
  }

  private word(): string | undefined {
    let value = this.part();
    while (this.skip('T_OP_CONCAT')) value = joined(value, this.part());
    return value;
  }

  private part(): string | undefined {
    const { kind, text } = this.next();
    switch (kind) {
      case 'T_DIGIT':
        return text;
      case 'T_STR_BEGIN': {
        const value = this.string('T_STR_END');
        this.next();
        return value;
      }
      case 'T_VAR_BEGIN':
        return this.variable();
      case 'T_ID': {
        this.next();
        const argument = this.word();
        this.next();
        return this.call(text, argument);
      }
      default:
        return undefined;
    }
  }

  private string(end: TokenKind): string | undefined {
    let value: string | undefined = '';
    while (this.kind() !== end) {
      const { kind, text } = this.next();
      if (kind === 'T_STRING') value = joined(value, text.replace(/\\(.)/gs, '$1'));
      else value = joined(value, kind === 'T_VAR_BEGIN' ? this.variable() : undefined);
    }
    return value;
  }

  private variable(): string | undefined {
    const name = this.next().text;
    if (this.skip('T_VAR_END')) return this.facts.variable(name.toUpperCase());
    this.next();
    const argument = this.string('T_VAR_END');
    this.next();
    return this.call(name, argument);
  }

  private call(name: string, argument: string | undefined): string | undefined {
    if (argument === undefined) return undefined;
    const header = /^(?:req|http|req_novary)$/i.test(name) && argument.toLowerCase() === 'host';
    return header ? this.facts.variable('HTTP_HOST') : FUNCTIONS[name.toLowerCase()]?.(argument);
  }

  private kind(): TokenKind {
    return this.tokens[this.at]?.kind ?? '$end';
  }

  private next(): Token {
    return this.tokens[this.at++] ?? { kind: '$end', text: '' };
  }

  private skip(kind: TokenKind): boolean {
    const found = this.kind() === kind;
    if (found) this.at++;
    return found;
  }
}

const not = (value: Truth): Truth => (value === undefined ? undefined : !value);

const joined = (left: string | undefined, right: string | undefined): string | undefined =>
  left === undefined || right === undefined ? undefined : left + right;
