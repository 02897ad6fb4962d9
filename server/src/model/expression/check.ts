import { isSoundPattern } from '../../patterns/pattern';
import { type Token, type TokenKind, tokenize } from './lexer';
import { BINARY_OPERATORS, isFunction, isVariable, UNARY_OPERATORS } from './names';

/**
 * Checks an expression of `<If>`, `Require expr`, … without evaluating it.
 *
 * @returns the server's message, or undefined if it accepts the expression. Where the server lists what it expected it
 *   does so only for few alternatives; the same states are spelled out here (each checked against httpd 2.4.71).
 */
export const checkExpression = (text: string): string | undefined => {
  const checker = new Checker(tokenize(text));
  try {
    checker.root();
    return checker.semanticProblem;
  } catch (error) {
    if (!(error instanceof Rejected)) throw error;
    if (error.message === '') return checker.semanticProblem;
    return checker.semanticProblem === undefined
      ? error.message
      : `${error.message}: ${checker.semanticProblem}`;
  }
};

/** Ends the parse; without a message where the grammar itself has a place for the error. */
class Rejected extends Error {}

const COMPARISONS: ReadonlySet<TokenKind> = new Set([
  'T_OP_STR_EQ',
  'T_OP_STR_NE',
  'T_OP_STR_LT',
  'T_OP_STR_LE',
  'T_OP_STR_GT',
  'T_OP_STR_GE',
  'T_OP_EQ',
  'T_OP_NE',
  'T_OP_LT',
  'T_OP_LE',
  'T_OP_GT',
  'T_OP_GE',
]);

const WORD_STARTS: ReadonlySet<TokenKind> = new Set([
  'T_DIGIT',
  'T_ID',
  'T_STR_BEGIN',
  'T_VAR_BEGIN',
  'T_REGEX_BACKREF',
]);

const STRING_PARTS: ReadonlySet<TokenKind> = new Set([
  'T_STRING',
  'T_VAR_BEGIN',
  'T_REGEX_BACKREF',
  'T_ERROR',
]);

class Checker {
  /** The last complaint about a name or a pattern: reported only if the syntax holds, else behind it. */
  semanticProblem: string | undefined;
  private at = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  root(): void {
    this.condition();
    if (this.kind() !== '$end') this.unexpected('$end');
  }

  private get token(): Token {
    return this.tokens[Math.min(this.at, this.tokens.length - 1)] ?? { kind: '$end', text: '' };
  }

  private kind(): TokenKind {
    return this.token.kind;
  }

  private next(): Token {
    const { token } = this;
    this.at++;
    return token;
  }

  private complain(message: string): void {
    this.semanticProblem = message;
  }

  private unexpected(...expected: readonly string[]): never {
    const list = expected.length > 0 ? `, expecting ${expected.join(' or ')}` : '';
    if (this.kind() === 'T_ERROR') this.complain(this.token.text);
    throw new Rejected(`syntax error, unexpected ${this.kind()}${list}`);
  }

  private expect(kind: TokenKind, ...alternatives: readonly TokenKind[]): Token {
    if (this.kind() !== kind) this.unexpected(...alternatives, kind);
    return this.next();
  }

  /** The grammar takes an error of the lexer here, so that its message stands alone. */
  private lexicalError(): never {
    this.complain(this.token.text);
    throw new Rejected('');
  }

  private condition(): void {
    this.conjunction();
    while (this.kind() === 'T_OP_OR') {
      this.next();
      this.conjunction();
    }
  }

  private conjunction(): void {
    this.negation();
    while (this.kind() === 'T_OP_AND') {
      this.next();
      this.negation();
    }
  }

  private negation(): void {
    while (this.kind() === 'T_OP_NOT') this.next();
    switch (this.kind()) {
      case 'T_TRUE':
      case 'T_FALSE':
        this.next();
        return;
      case 'T_ERROR':
        this.lexicalError();
        break;
      case "'('":
        this.next();
        this.condition();
        this.expect("')'", 'T_OP_OR', 'T_OP_AND');
        return;
      case 'T_OP_UNARY':
        this.unary();
        return;
      default:
        this.comparison();
    }
  }

  private unary(): void {
    const operator = this.next().text;
    const argument = this.word();
    if (!UNARY_OPERATORS.includes(operator)) this.complain(`Unary operator '-${operator}' does not exist`);
    else if (operator === 'R') this.checkSubnet(argument);
  }

  private comparison(): void {
    this.word();
    const operator = this.token;
    if (COMPARISONS.has(operator.kind)) {
      this.next();
      this.word();
    } else if (operator.kind === 'T_OP_IN') {
      this.next();
      this.list();
    } else if (operator.kind === 'T_OP_REG' || operator.kind === 'T_OP_NRE') {
      this.next();
      if (this.kind() !== 'T_REGEX' && this.kind() !== 'T_REGEX_I') this.unexpected('T_REGEX', 'T_REGEX_I');
      if (!isSoundPattern(this.next().text)) this.complain('Failed to compile regular expression');
    } else if (operator.kind === 'T_OP_BINARY') {
      this.next();
      const argument = this.word();
      if (!BINARY_OPERATORS.includes(operator.text))
        this.complain(`Binary operator '-${operator.text}' does not exist`);
      else if (operator.text === 'ipmatch') this.checkSubnet(argument);
    } else this.unexpected();
  }

  private checkSubnet(argument: string | undefined): void {
    if (argument !== undefined && !isSubnet(argument)) this.complain('parsing of subnet/netmask failed');
  }

  private list(): void {
    if (this.kind() === 'T_ID') {
      const name = this.next().text;
      this.expect("'('");
      this.word();
      this.expect("')'", 'T_OP_CONCAT');
      this.complain(`List-returning function '${name}' does not exist`);
      return;
    }
    if (this.kind() !== "'{'") this.unexpected('T_ID', "'{'");
    do {
      this.next();
      this.word();
    } while (this.kind() === "','");
    if (this.kind() !== "'}'") this.unexpected("'}'", "','");
    this.next();
  }

  /** @returns the word's text where it is constant */
  private word(): string | undefined {
    let value = this.wordPart();
    while (this.kind() === 'T_OP_CONCAT') {
      this.next();
      const part = this.wordPart();
      value = value === undefined || part === undefined ? undefined : value + part;
    }
    return value;
  }

  private wordPart(): string | undefined {
    if (!WORD_STARTS.has(this.kind())) this.unexpected();
    const { kind, text } = this.next();
    switch (kind) {
      case 'T_DIGIT':
        return text;
      case 'T_STR_BEGIN':
        return this.quoted();
      case 'T_VAR_BEGIN':
        this.variable();
        return undefined;
      case 'T_ID':
        this.expect("'('");
        this.word();
        this.expect("')'", 'T_OP_CONCAT');
        this.checkFunction(text);
        return undefined;
      default:
        return undefined;
    }
  }

  private quoted(): string | undefined {
    const value = this.stringParts();
    if (this.kind() !== 'T_STR_END') this.unexpected();
    this.next();
    return value;
  }

  private stringParts(): string | undefined {
    let value: string | undefined = '';
    while (STRING_PARTS.has(this.kind())) {
      if (this.kind() === 'T_ERROR') this.lexicalError();
      const { kind, text } = this.next();
      if (kind === 'T_VAR_BEGIN') this.variable();
      value = kind === 'T_STRING' && value !== undefined ? value + text : undefined;
    }
    return value;
  }

  private variable(): void {
    if (this.kind() !== 'T_ID') this.unexpected('T_ID');
    const name = this.next().text;
    if (this.kind() === 'T_VAR_END') {
      this.next();
      if (!isVariable(name)) this.complain(`Variable '${name}' does not exist`);
      return;
    }
    if (this.kind() !== "':'") this.unexpected('T_VAR_END', "':'");
    this.next();
    if (!STRING_PARTS.has(this.kind()))
      this.unexpected('T_ERROR', 'T_STRING', 'T_REGEX_BACKREF', 'T_VAR_BEGIN');
    this.stringParts();
    this.expect('T_VAR_END');
    this.checkFunction(name);
  }

  private checkFunction(name: string): void {
    if (!isFunction(name)) this.complain(`Function '${name}' does not exist`);
  }
}

/** True for `10.0.0.0/8`, `10.0.0.0/255.0.0.0`, `10.1`, `::1/64`. */
const isSubnet = (text: string): boolean => {
  const [address = '', mask] = text.split('/');
  const v6 = address.includes(':');
  if (v6 ? !/^[0-9a-f:.]+$/i.test(address) : !/^\d{1,3}(?:\.\d{1,3}){0,3}\.?$/.test(address)) return false;
  if (mask === undefined) return true;
  if (/^\d+$/.test(mask)) return Number(mask) <= (v6 ? 128 : 32);
  return !v6 && /^\d{1,3}(?:\.\d{1,3}){3}$/.test(mask);
};
