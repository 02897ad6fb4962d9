/** What a {@link UserError} carries besides its message: machine-readable, so that no caller parses text. */
export interface UserErrorFields {
  /** Stable identifier, e.g. `httpd-missing`; the documentation is searched by it. */
  readonly code: string;
  /** What happened and why, one or two sentences. */
  readonly message: string;
  /** What to do about it, one sentence: names the option, package or file. */
  readonly action: string;
  /** A command line that does it, where there is one. */
  readonly command?: string;
}

/** A mistake or a lack on the user's side: expected, explained, and never shown with a stack. */
export class UserError extends Error {
  readonly code: string;
  readonly action: string;
  readonly command: string | undefined;

  constructor(fields: UserErrorFields) {
    super(fields.message);
    this.name = 'UserError';
    this.code = fields.code;
    this.action = fields.action;
    this.command = fields.command;
  }

  /** The whole text as a terminal or a console shows it. */
  toText(): string {
    const lines = [`${this.message} [${this.code}]`, this.action];
    if (this.command) lines.push(`  ${this.command}`);
    return lines.join('\n');
  }
}
