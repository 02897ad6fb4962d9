import type { Directive } from '../catalogue/directives';
import { optionWords } from '../option-words';
import type { LogicalLine } from '../syntax/logical-lines';
import type { DirectiveNode, OpenTag, Range, Word } from '../syntax/nodes';
import { hasPlaceholder, mayBeOpaque } from '../syntax/templates';
import { splitWords } from '../syntax/words';
import type { ConfigOption, ConfigWord, Entry, SourceRange } from './entries';
import { LinePlace } from './line-place';
import type { Part } from './part';
import { note, SOURCE } from './reads';

/** What an entry is read from. */
interface Source {
  readonly file: string;
  readonly line: DirectiveNode | OpenTag;
  /** The place of the `Use` whose text is read. */
  readonly use: SourceRange | undefined;
}

/** Puts the values of variables in, as they are at a line. */
type Expand = (text: string) => string;

const asItStands: Expand = (text) => text;

/** What only the reader knows. */
interface Position {
  readonly parent: Entry | undefined;
  /** The part it is read into. */
  readonly part: Part;
  readonly certain: boolean;
}

const NO_OPTIONS: ReadonlyMap<string, ConfigOption> = new Map();

const NO_CHILDREN: readonly Entry[] = [];

/**
 * An entry read from a line. Most lines are never looked at: words are made when somebody asks for them, unless they hold variables,
 * whose values change from line to line. An edit above moves the line, and all places of the entry with it.
 */
export class LineEntry implements Entry {
  readonly key: string;
  readonly name: string;
  readonly parent: Entry | undefined;
  readonly certain: boolean;
  private readonly source: Source;
  private part: Part;
  private index: number;
  private readonly nested: Entry[] | undefined;
  private madeWords: readonly ConfigWord[] | undefined;
  private madeOptions: ReadonlyMap<string, ConfigOption> | undefined;

  /**
   * @param written the name, `<` in front of a section, variables expanded
   * @param expand is not kept: an entry outlives the reading it comes from
   */
  constructor(
    written: string,
    readonly directive: Directive | undefined,
    source: Source,
    { parent, part, certain }: Position,
    expand: Expand,
  ) {
    this.key = directive?.key ?? written.toLowerCase();
    this.name = directive?.name ?? written.replace(/^</, '');
    this.source = source;
    this.parent = parent;
    this.part = part;
    this.index = part.all.length;
    this.certain = certain;
    this.nested = written.startsWith('<') ? [] : undefined;
    if (source.line.args.some(({ opaque }) => opaque)) {
      this.madeWords = this.makeWords(expand);
      this.madeOptions = this.makeOptions(expand);
    }
  }

  get children(): readonly Entry[] {
    return this.nested ?? NO_CHILDREN;
  }

  /** Puts an entry into this section. */
  hold(entry: Entry): void {
    this.nested?.push(entry);
  }

  /** Reads the same line into another part. */
  moveTo(part: Part, index = part.all.length): void {
    this.part = part;
    this.index = index;
  }

  get order(): number {
    return this.part.base + this.index;
  }

  get words(): readonly ConfigWord[] {
    this.madeWords ??= this.makeWords(asItStands);
    return this.madeWords;
  }

  get options(): ReadonlyMap<string, ConfigOption> {
    this.madeOptions ??= this.makeOptions(asItStands);
    return this.madeOptions;
  }

  get nameRange(): SourceRange {
    return this.place(this.nameNode);
  }

  get range(): SourceRange {
    const { start, end } = this.nameNode;
    return this.place({ start, end: Math.max(this.source.line.args.at(-1)?.end ?? end, end) });
  }

  get line(): number {
    note(SOURCE.lines);
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

  private word({ start, end }: Range, value: string, known: boolean): ConfigWord {
    const { use, file, line } = this.source;
    return use
      ? new PlacedWord(value, known, use.file, undefined, use.start, use.end)
      : new PlacedWord(value, known, file, line.line, start - line.line.start, end - line.line.start);
  }

  private makeWords(expand: Expand): readonly ConfigWord[] {
    const { args } = this.source.line;
    return args.some(({ opaque }) => opaque)
      ? args.flatMap((word) => this.toWords(word, expand))
      : args.map((word) => this.word(word, word.value, true));
  }

  /** A variable that stands without quotes can become several words. */
  private toWords(word: Word, expand: Expand): ConfigWord[] {
    if (!word.opaque) return [this.word(word, word.value, true)];
    const value = expand(word.value);
    const whole = this.word(word, value, isKnown(value));
    if (word.quote !== undefined || value === word.value) return [whole];
    const parts = splitWords(value);
    return parts.length === 1 && parts[0]?.quote === undefined
      ? [whole]
      : parts.map((part) => this.word(word, part.value, isKnown(part.value)));
  }

  private makeOptions(expand: Expand): ReadonlyMap<string, ConfigOption> {
    const { line } = this.source;
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

/** A word that stays where its line is. */
class PlacedWord extends LinePlace implements ConfigWord {
  constructor(
    readonly value: string,
    readonly known: boolean,
    file: string,
    line: LogicalLine | undefined,
    from: number,
    to: number,
  ) {
    super(file, line, from, to);
  }
}

const isKnown = (text: string): boolean =>
  !mayBeOpaque(text) || !(text.includes('${') || hasPlaceholder(text));
