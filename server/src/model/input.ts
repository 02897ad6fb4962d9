import { logicalLines } from '../syntax/logical-lines';
import type { Origin } from './nodes';

/** Lines that httpd reads one after the other, with the name it gives to their source. */
interface Source {
  readonly name: string;
  next(): NumberedLine | undefined;
}

interface NumberedLine {
  readonly text: string;
  readonly line: number;
}

/** A file's logical lines. */
export const fileSource = (name: string, text: string): Source => {
  const lines = logicalLines(text);
  let index = 0;
  return {
    name,
    next: () => {
      const line = lines[index++];
      return line && { text: line.text, line: line.lastLine + 1 };
    },
  };
};

/** A macro's body: its lines are logical ones already, and are counted from 1. */
export const bodySource = (name: string, body: readonly string[]): Source => {
  let index = 0;
  return {
    name,
    next: () => {
      const text = body[index++];
      return text === undefined ? undefined : { text: text.trim(), line: index };
    },
  };
};

/**
 * The lines of one file with the macro bodies that are inserted while it is read. A body that ends gives way to what
 * follows its use, so that a macro can open a section that the file closes.
 */
export class Input {
  private readonly sources: Source[];
  private current: Origin;

  constructor(source: Source) {
    this.sources = [source];
    this.current = { file: source.name, line: 0 };
  }

  /** Where the last line came from. */
  get origin(): Origin {
    return this.current;
  }

  /** The next line, or undefined at the end of the file. */
  next(): string | undefined {
    for (;;) {
      const source = this.sources.at(-1);
      if (!source) return undefined;
      const line = source.next();
      if (line) {
        this.current = { file: source.name, line: line.line };
        return line.text;
      }
      if (this.sources.length === 1) return undefined;
      this.sources.pop();
    }
  }

  /** Reads another source first. */
  insert(source: Source): void {
    this.sources.push(source);
  }
}
