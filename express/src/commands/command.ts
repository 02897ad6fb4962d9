/** One command of the launcher. */
export interface Command {
  readonly name: string;
  /** The words behind the command, as `--help` shows them. */
  readonly syntax: string;
  /** One sentence. */
  readonly summary: string;
  /** What `--help` says below the syntax. */
  readonly help: () => string;
  /**
   * Does it.
   *
   * @returns the exit status.
   * @throws UsageError for a wrong command line, UserError for what is wrong on the machine.
   */
  readonly run: (words: readonly string[]) => Promise<number>;
}
