import type { Directive } from '../catalogue/directives';
import { optionWords } from '../option-words';
import type { DirectiveNode, OpenTag, Range, Word } from '../syntax/nodes';
import { hasPlaceholder, mayBeOpaque } from '../syntax/templates';
import { splitWords } from '../syntax/words';
import type { ConfigOption, ConfigWord, Entry, SourceRange } from './entries';

/** What an entry is read from. */
interface Source {
  readonly file: string;
  readonly line: DirectiveNode | OpenTag;
  /** The place of the `Use` whose text is read. */
  readonly use: SourceRange | undefined;
  /** Puts the values of variables in, as they are at this line. */
  expand(text: string): string;
}

/** What only the reader knows. */
interface Position {
  readonly parent: Entry | undefined;
  readonly order: number;
  readonly certain: boolean;
}

const NO_OPTIONS: ReadonlyMap<string, ConfigOption> = new Map();

const NO_CHILDREN: readonly Entry[] = [];

/**
 * An entry read from a line. A configuration is read anew with each keystroke, and most of its lines are never looked at: words are
 * made when somebody asks for them, unless they hold variables, whose values change from line to line.
 */
export class LineEntry implements Entry {
  readonly key: string;
  readonly name: string;
  readonly parent: Entry | undefined;
  readonly order: number;
  readonly certain: boolean;
  private readonly source: Source;
  private readonly nested: Entry[] | undefined;
  private madeWords: readonly ConfigWord[] | undefined;
  private madeOptions: ReadonlyMap<string, ConfigOption> | undefined;
  private madeRange: SourceRange | undefined;
  private madeNameRange: SourceRange | undefined;

  /** @param written the name, `<` in front of a section, variables expanded */
  constructor(
    written: string,
    readonly directive: Directive | undefined,
    source: Source,
    { parent, order, certain }: Position,
  ) {
    this.key = written.toLowerCase();
    this.name = directive?.name ?? written.replace(/^</, '');
    this.source = source;
    this.parent = parent;
    this.order = order;
    this.certain = certain;
    this.nested = written.startsWith('<') ? [] : undefined;
    if (source.line.args.some(({ opaque }) => opaque)) {
      this.madeWords = this.makeWords();
      this.madeOptions = this.makeOptions();
    }
  }

  get children(): readonly Entry[] {
    return this.nested ?? NO_CHILDREN;
  }

  /** Puts an entry into this section. */
  hold(entry: Entry): void {
    this.nested?.push(entry);
  }

  get words(): readonly ConfigWord[] {
    this.madeWords ??= this.makeWords();
    return this.madeWords;
  }

  get options(): ReadonlyMap<string, ConfigOption> {
    this.madeOptions ??= this.makeOptions();
    return this.madeOptions;
  }

  get nameRange(): SourceRange {
    this.madeNameRange ??= this.place(this.nameNode);
    return this.madeNameRange;
  }

  get range(): SourceRange {
    if (!this.madeRange) {
      const { start, end } = this.nameNode;
      this.madeRange = this.place({ start, end: Math.max(this.source.line.args.at(-1)?.end ?? end, end) });
    }
    return this.madeRange;
  }

  get line(): number {
    return this.source.line.line.lastLine + 1;
  }

  get fromMacro(): boolean {
    return this.source.use !== undefined;
  }

  private get nameNode(): Range {
    const { line } = this.source;
    return 'nameRange' in line ? line.nameRange : line.name;
  }

  private place({ start, end }: Range): SourceRange {
    return this.source.use ?? { file: this.source.file, start, end };
  }

  private word(range: Range, value: string, known: boolean): ConfigWord {
    const { file, start, end } = this.source.use ?? {
      file: this.source.file,
      start: range.start,
      end: range.end,
    };
    return { file, start, end, value, known };
  }

  private makeWords(): readonly ConfigWord[] {
    const { args } = this.source.line;
    return args.some(({ opaque }) => opaque)
      ? args.flatMap((word) => this.toWords(word))
      : args.map((word) => this.word(word, word.value, true));
  }

  /** A variable that stands without quotes can become several words. */
  private toWords(word: Word): ConfigWord[] {
    if (!word.opaque) return [this.word(word, word.value, true)];
    const value = this.source.expand(word.value);
    const whole = this.word(word, value, isKnown(value));
    if (word.quote !== undefined || value === word.value) return [whole];
    const parts = splitWords(value);
    return parts.length === 1 && parts[0]?.quote === undefined
      ? [whole]
      : parts.map((part) => this.word(word, part.value, isKnown(part.value)));
  }

  private makeOptions(): ReadonlyMap<string, ConfigOption> {
    const { line, expand } = this.source;
    if (!this.directive?.options || !('kind' in line)) return NO_OPTIONS;
    const options = new Map<string, ConfigOption>();
    for (const { name, value } of optionWords(line, this.directive)) {
      if (!value) continue;
      const text = expand(value.text);
      options.set(name, { name, value: this.word(value, text, isKnown(text)) });
    }
    return options;
  }
}

const isKnown = (text: string): boolean =>
  !mayBeOpaque(text) || !(text.includes('${') || hasPlaceholder(text));
