import type { Block } from './blocks';
import type { LogicalLine } from './logical-lines';

/** A half-open range of the file, in UTF-16 offsets as the protocol counts them. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A word as it stands in the file, variables not expanded. The range includes its quotes. */
export interface Word extends Range {
  /** Quotes removed and escapes resolved, `${…}` kept. */
  readonly value: string;
  readonly quote: '"' | "'" | undefined;
  /** False if its quote is never closed. */
  readonly closed: boolean;
  /** True if a part of it is only known later: a variable, or a placeholder of a template. */
  readonly opaque: boolean;
}

interface LineNode extends Range {
  readonly line: LogicalLine;
}

/** Nothing but white space (or only a NUL, which ends the text httpd sees). */
export interface BlankNode extends LineNode {
  readonly kind: 'blank';
}

export interface CommentNode extends LineNode {
  readonly kind: 'comment';
}

/** A line of another language that generates this file: `{% if %}`, `<% end %>`, `{{ block }}`. */
export interface TemplateNode extends LineNode {
  readonly kind: 'template';
}

export interface DirectiveNode extends LineNode {
  readonly kind: 'directive';
  readonly name: Word;
  readonly args: readonly Word[];
}

/** The line that opens a section. */
export interface OpenTag extends LineNode {
  /** The name without `<` and `>`, as written. */
  readonly name: string;
  readonly nameRange: Range;
  /** The words between the name and the last `>`. */
  readonly args: readonly Word[];
  /** Offset of the last `>` of the line, or undefined if there is none. */
  readonly bracket: number | undefined;
  /** What follows that `>`, where something does. */
  readonly trailing: Range | undefined;
}

/** A line whose first word starts with `</`. */
export interface CloseTag extends LineNode {
  /** The name without `</` and `>`, as written. */
  readonly name: string;
  /** The first word of the line. */
  readonly tag: Range;
  /** False if the first word does not end in `>`. */
  readonly bracket: boolean;
  /** What follows the first word, where something does. */
  readonly trailing: Range | undefined;
}

export interface SectionNode extends Range {
  readonly kind: 'section';
  readonly open: OpenTag;
  readonly children: readonly Node[];
  /** Undefined if the file or an outer section ends first. */
  readonly close: CloseTag | undefined;
}

/** A closing tag that closes nothing. */
export interface StrayCloseNode extends Range {
  readonly kind: 'stray-close';
  readonly tag: CloseTag;
}

/** One logical line by itself, before lines are put into sections. */
export type Item =
  | BlankNode
  | CommentNode
  | TemplateNode
  | DirectiveNode
  | (Range & { readonly kind: 'open'; readonly tag: OpenTag })
  | (Range & { readonly kind: 'close'; readonly tag: CloseTag });

export type Node = BlankNode | CommentNode | TemplateNode | DirectiveNode | SectionNode | StrayCloseNode;

/** A whole file. */
export interface SyntaxTree {
  readonly text: string;
  /** The file in parts that can be looked at each by itself. */
  readonly blocks: readonly Block[];
  readonly children: readonly Node[];
  /** True if another language generates this file: then only what is certain is reported. */
  readonly template: boolean;
  /** The same object for versions of a file between which no line got another number. */
  readonly lines: object;
}
