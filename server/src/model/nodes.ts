/** Where a directive of the assembled configuration comes from. */
export interface Origin {
  /** The file as httpd names it, or the description of a macro's use. */
  readonly file: string;
  /** The line httpd names: the last one of a continued line, from 1; inside a macro counted in its body. */
  readonly line: number;
}

/** A directive or section of the configuration as httpd assembles it: expanded, included, conditions resolved. */
export interface ConfigNode {
  /** As written, `<` included for sections. */
  readonly name: string;
  /** The expanded rest of the line, white space before it skipped. */
  readonly args: string;
  readonly origin: Origin;
  readonly parent: ConfigNode | undefined;
  readonly children: ConfigNode[];
}

/** True for a section. */
export const isSection = (node: ConfigNode): boolean => node.name.startsWith('<');

/** The section's name without `<`, or the directive's name. */
export const bareName = (node: ConfigNode): string => (isSection(node) ? node.name.slice(1) : node.name);
