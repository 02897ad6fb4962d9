/** What is typed at each place, one key after the other. */
const TYPED = '    WSGIScriptAlias /x /srv/x.wsgi process-group=shop1';

/** Somebody who types lines at places all over the document. */
export class Keys {
  #lines;
  #uri;
  #client;
  #line = 0;
  #column = TYPED.length;

  constructor(text, uri, client) {
    this.#lines = text.split('\n');
    this.#uri = uri;
    this.#client = client;
  }

  /** Presses one key, and says where the cursor is then. */
  async press() {
    if (this.#column >= TYPED.length) {
      // A step that meets every part of the file in turn; a new line is made above the one that is there.
      this.#line = (this.#line + Math.ceil(this.#lines.length * 0.382)) % this.#lines.length;
      this.#column = 0;
      await this.#client.change(this.#uri, { line: this.#line, character: 0 }, '\n');
      this.#lines.splice(this.#line, 0, '');
    }
    const position = { line: this.#line, character: this.#column };
    await this.#client.change(this.#uri, position, TYPED[this.#column]);
    this.#column++;
    return { line: this.#line, character: this.#column };
  }

  /** A place in some line's first word. */
  someWord(count) {
    const line = (count * 7919) % this.#lines.length;
    return { line, character: /\S/.exec(this.#lines[line])?.index ?? 0 };
  }
}
