import { wordTable } from '../../../../common/src/word-table';

/** Names are those in the server's own messages. */
export type TokenKind =
  | '$end'
  | 'T_TRUE'
  | 'T_FALSE'
  | 'T_ERROR'
  | 'T_DIGIT'
  | 'T_ID'
  | 'T_STRING'
  | 'T_STR_BEGIN'
  | 'T_STR_END'
  | 'T_REGEX'
  | 'T_REGEX_I'
  | 'T_REGEX_BACKREF'
  | 'T_VAR_BEGIN'
  | 'T_VAR_END'
  | 'T_OP_UNARY'
  | 'T_OP_BINARY'
  | 'T_OP_CONCAT'
  | 'T_OP_OR'
  | 'T_OP_AND'
  | 'T_OP_NOT'
  | 'T_OP_STR_EQ'
  | 'T_OP_STR_NE'
  | 'T_OP_STR_LT'
  | 'T_OP_STR_LE'
  | 'T_OP_STR_GT'
  | 'T_OP_STR_GE'
  | 'T_OP_EQ'
  | 'T_OP_NE'
  | 'T_OP_LT'
  | 'T_OP_LE'
  | 'T_OP_GT'
  | 'T_OP_GE'
  | 'T_OP_IN'
  | 'T_OP_REG'
  | 'T_OP_NRE'
  | "'('"
  | "')'"
  | "'{'"
  | "'}'"
  | "','"
  | "':'";

export interface Token {
  readonly kind: TokenKind;
  /** The text that matters: a name, a string, a pattern; for T_ERROR the message. */
  readonly text: string;
}

/** Operators by spelling, longest first. */
const SYMBOLS: readonly (readonly [string, TokenKind])[] = [
  ['&&', 'T_OP_AND'],
  ['||', 'T_OP_OR'],
  ['==', 'T_OP_STR_EQ'],
  ['!=', 'T_OP_STR_NE'],
  ['<=', 'T_OP_STR_LE'],
  ['>=', 'T_OP_STR_GE'],
  ['=~', 'T_OP_REG'],
  ['!~', 'T_OP_NRE'],
  ['=', 'T_OP_STR_EQ'],
  ['<', 'T_OP_STR_LT'],
  ['>', 'T_OP_STR_GT'],
  ['!', 'T_OP_NOT'],
  ['.', 'T_OP_CONCAT'],
  ['(', "'('"],
  [')', "')'"],
  ['{', "'{'"],
  ['}', "'}'"],
  [',', "','"],
];

const WORD_OPERATORS: Readonly<Record<string, TokenKind>> = wordTable({
  eq: 'T_OP_EQ',
  ne: 'T_OP_NE',
  lt: 'T_OP_LT',
  le: 'T_OP_LE',
  gt: 'T_OP_GT',
  ge: 'T_OP_GE',
  in: 'T_OP_IN',
});

const WORDS: Readonly<Record<string, TokenKind>> = wordTable({
  ...WORD_OPERATORS,
  and: 'T_OP_AND',
  or: 'T_OP_OR',
  not: 'T_OP_NOT',
  true: 'T_TRUE',
  false: 'T_FALSE',
});

const REGEX_DELIMITERS = '/#$%^|?!\'",;:._-';

/** What the text at this place belongs to; strings and variables nest in each other. */
type Mode = 'expression' | 'variable' | 'argument' | { readonly quote: string };

/** Cuts an expression into the server's tokens. Ends with `$end`, or with a T_ERROR. */
export const tokenize = (text: string): Token[] => new Lexer(text).run();

class Lexer {
  private at = 0;
  private readonly tokens: Token[] = [];
  private readonly modes: Mode[] = ['expression'];

  constructor(private readonly text: string) {}

  run(): Token[] {
    while (this.tokens.at(-1)?.kind !== '$end' && this.tokens.at(-1)?.kind !== 'T_ERROR') {
      const mode = this.modes.at(-1) ?? 'expression';
      if (this.at >= this.text.length) this.end(mode);
      else if (mode === 'expression') this.expression();
      else if (mode === 'variable') this.variable();
      else if (mode === 'argument') this.string('}');
      else this.string(mode.quote);
    }
    return this.tokens;
  }

  private push(kind: TokenKind, text: string, length = text.length): void {
    this.tokens.push({ kind, text });
    this.at += length;
  }

  private fail(message: string): void {
    this.push('T_ERROR', message);
  }

  private end(mode: Mode): void {
    if (mode === 'expression') this.push('$end', '');
    else this.fail('Unterminated string or variable');
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at;
    return pattern.exec(this.text)?.[0];
  }

  private expression(): void {
    const blank = this.match(/[ \t\n]+/y);
    if (blank !== undefined) {
      this.at += blank.length;
      return;
    }
    const character = this.text[this.at] ?? '';
    if (character === '"' || character === "'") {
      this.modes.push({ quote: character });
      this.push('T_STR_BEGIN', character);
      return;
    }
    if (this.text.startsWith('%{', this.at)) {
      this.modes.push('variable');
      this.push('T_VAR_BEGIN', '%{');
      return;
    }
    if (this.regex()) return;
    const digits = this.match(/-?[0-9]+/y);
    if (digits !== undefined) {
      this.push('T_DIGIT', digits);
      return;
    }
    const dashed = this.match(/-[a-zA-Z_][a-zA-Z_0-9]*/y);
    if (dashed !== undefined) {
      this.dashed(dashed);
      return;
    }
    const backReference = this.match(/\$[0-9]/y);
    if (backReference !== undefined) {
      this.push('T_REGEX_BACKREF', backReference);
      return;
    }
    const word = this.match(/[a-zA-Z][a-zA-Z0-9_]*/y);
    if (word !== undefined) {
      this.push(WORDS[word] ?? 'T_ID', word);
      return;
    }
    const symbol = SYMBOLS.find(([spelling]) => this.text.startsWith(spelling, this.at));
    if (symbol) {
      this.push(symbol[1], symbol[0]);
      return;
    }
    this.fail(`Parse error near '${character}'`);
  }

  /** `-eq` compares numbers, `-x` asks about one word, `-name` compares two. */
  private dashed(text: string): void {
    const name = text.slice(1);
    const comparison = WORD_OPERATORS[name];
    if (comparison) this.push(comparison, text);
    else this.push(name.length === 1 ? 'T_OP_UNARY' : 'T_OP_BINARY', name, text.length);
  }

  /** `/…/` anywhere and `m#…#`, with the flag i. */
  private regex(): boolean {
    const slash = this.text[this.at] === '/';
    const delimiter = slash ? '/' : this.text[this.at] === 'm' ? this.text[this.at + 1] : undefined;
    if (delimiter === undefined || !REGEX_DELIMITERS.includes(delimiter)) return false;
    const start = this.at + (slash ? 1 : 2);
    const end = this.text.indexOf(delimiter, start);
    if (end < 0) {
      this.push('$end', '', this.text.length - this.at);
      return true;
    }
    const ignoreCase = this.text[end + 1] === 'i';
    const length = end + (ignoreCase ? 2 : 1) - this.at;
    this.push(ignoreCase ? 'T_REGEX_I' : 'T_REGEX', this.text.slice(start, end), length);
    return true;
  }

  private variable(): void {
    const character = this.text[this.at] ?? '';
    const name = this.match(/[a-zA-Z][a-zA-Z0-9_]*/y);
    if (name !== undefined) {
      this.push('T_ID', name);
      return;
    }
    if (character === ':') {
      this.modes[this.modes.length - 1] = 'argument';
      this.push("':'", ':');
      return;
    }
    if (character === '}') {
      this.closeVariable();
      return;
    }
    this.fail(`Invalid character in variable name '${character}'`);
  }

  private closeVariable(): void {
    this.modes.pop();
    this.push('T_VAR_END', '}');
  }

  /** Text up to its end: a quote, or the brace of a variable's argument. Variables may stand in it. */
  private string(end: string): void {
    const character = this.text[this.at] ?? '';
    if (character === end) {
      if (end === '}') {
        this.closeVariable();
        return;
      }
      this.modes.pop();
      this.push('T_STR_END', end);
      return;
    }
    if (this.text.startsWith('%{', this.at)) {
      this.modes.push('variable');
      this.push('T_VAR_BEGIN', '%{');
      return;
    }
    const backReference = this.match(/\$[0-9]/y);
    if (backReference !== undefined) {
      this.push('T_REGEX_BACKREF', backReference);
      return;
    }
    const from = this.at;
    let at = from;
    while (at < this.text.length && this.text[at] !== end) {
      if (at > from && (this.text.startsWith('%{', at) || /^\$[0-9]/.test(this.text.slice(at, at + 2))))
        break;
      at += this.text[at] === '\\' ? 2 : 1;
    }
    const part = this.text.slice(from, Math.min(at, this.text.length));
    this.push('T_STRING', part);
  }
}
