const LIMIT = 16_384;

/** The last part of what a server has printed, kept to explain why it ended. */
export class OutputTail {
  #text = '';

  add(text: string): void {
    this.#text = (this.#text + text).slice(-LIMIT);
  }

  get text(): string {
    return this.#text;
  }
}
