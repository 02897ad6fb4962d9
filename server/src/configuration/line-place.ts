import type { LogicalLine } from '../syntax/logical-lines';
import type { SourceRange } from './entries';

/** A place that stays where its line is, also when an edit above moves that. */
export class LinePlace implements SourceRange {
  /**
   * @param line the line that it moves with; undefined for a place that is given by itself
   * @param from counted from the line's start
   */
  constructor(
    readonly file: string,
    readonly line: LogicalLine | undefined,
    private readonly from: number,
    private readonly to: number,
  ) {}

  get start(): number {
    return (this.line?.start ?? 0) + this.from;
  }

  get end(): number {
    return (this.line?.start ?? 0) + this.to;
  }
}
