import { isDeepStrictEqual } from 'node:util';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { randomEdit } from './edits.mjs';
import { Random } from './random.mjs';

/** How much of a processor's time any answer may take, and how long it may be waited for: a busy machine is no mistake of the server. */
const PATIENCE_MS = 20_000;
const LONGEST_WAIT_MS = 300_000;

/** Between two looks at the server that has not answered. */
const LOOK_MS = 1000;

/** Edits of one document before the next one has its turn. */
const EDITS = 60;

/** A text that has become longer than this is given up. */
const LONGEST = 300_000;

/** What an editor asks for, by method, with what it sends beyond the document. */
const QUESTIONS = {
  'textDocument/completion': ({ position }) => ({ position }),
  'textDocument/hover': ({ position }) => ({ position }),
  'textDocument/signatureHelp': ({ position }) => ({ position }),
  'textDocument/definition': ({ position }) => ({ position }),
  'textDocument/references': ({ position }) => ({ position, context: { includeDeclaration: true } }),
  'textDocument/documentHighlight': ({ position }) => ({ position }),
  'textDocument/prepareRename': ({ position }) => ({ position }),
  'textDocument/selectionRange': ({ position }) => ({ positions: [position] }),
  'textDocument/documentSymbol': () => ({}),
  'textDocument/foldingRange': () => ({}),
  'textDocument/documentLink': () => ({}),
  'textDocument/semanticTokens/full': () => ({}),
  'textDocument/inlayHint': ({ range }) => ({ range }),
  'textDocument/formatting': () => ({ options: { tabSize: 4, insertSpaces: true } }),
  'textDocument/codeAction': ({ range, diagnostics }) => ({ range, context: { diagnostics } }),
  'mod_wsgi/explainUrl': ({ random }) => ({
    url: random.pick(['/', 'http://shop.example/a/b', 'https://[::1]:8443/%', 'x']),
  }),
  'mod_wsgi/showConfiguration': () => ({}),
};

/** Somebody who edits one document after the other, and looks at everything the editor can show. */
export class Fuzzer {
  #client;
  #texts;
  #random;
  #seed;
  #edits = 0;
  #questions = 0;
  #documents = 0;

  /**
   * @param {import('../lib/language-client.mjs').LanguageClient} client
   * @param {readonly {name: string, text: string}[]} texts
   * @param {number} seed
   */
  constructor(client, texts, seed) {
    this.#client = client;
    this.#texts = texts;
    this.#random = new Random(seed);
    this.#seed = seed;
  }

  summary() {
    return `${this.#documents} documents, ${this.#edits} edits, ${this.#questions} questions`;
  }

  /**
   * Opens a document, edits it, and closes it.
   *
   * @throws {Error} with the text, when an answer is late, an error, or not that of a document opened afresh
   */
  async round() {
    const { name, text } = this.#random.pick(this.#texts);
    const uri = `file:///fuzz/edited/${name}`;
    let document = TextDocument.create(uri, 'apacheconf', 1, text);
    try {
      await this.#client.open(uri, text);
      for (let count = 0; count < EDITS && document.getText().length < LONGEST; count++) {
        document = await this.#edit(document);
        if (this.#random.below(3) === 0) await this.#ask(document);
      }
      await this.#compareAfresh(document, name);
      await this.#client.close(uri);
    } catch (error) {
      const place = `seed ${this.#seed}, ${this.summary()}`;
      throw new Error(`${place}: ${error.message}\n--- the text ---\n${JSON.stringify(document.getText())}`, {
        cause: error,
      });
    }
    this.#documents++;
  }

  async #edit(document) {
    const edit = randomEdit(document.getText(), this.#random, this.#random.pick(this.#texts).text);
    const range = { start: document.positionAt(edit.start), end: document.positionAt(edit.end) };
    const change = { range, text: edit.text };
    await this.#client.changeBy(document.uri, change);
    this.#edits++;
    return TextDocument.update(document, [change], document.version + 1);
  }

  async #ask(document) {
    const { uri } = document;
    const { items } = await this.#answer(this.#client.diagnostics(uri), 'diagnostics');
    const method = this.#random.pick(Object.keys(QUESTIONS));
    const position = document.positionAt(this.#random.below(document.getText().length + 1));
    const asked = QUESTIONS[method]({
      position,
      range: { start: { line: 0, character: 0 }, end: position },
      diagnostics: items.slice(0, 20),
      random: this.#random,
    });
    await this.#answer(this.#client.request(method, { textDocument: { uri }, ...asked }), method);
  }

  /** What is found in the edited document is what is found in one that is opened with its text. */
  async #compareAfresh(document, name) {
    const uri = `file:///fuzz/fresh/${name}`;
    const edited = await this.#answer(this.#client.diagnostics(document.uri), 'diagnostics');
    await this.#client.open(uri, document.getText());
    const fresh = await this.#answer(this.#client.diagnostics(uri), 'diagnostics');
    await this.#client.close(uri);
    // Messages name files.
    const of = ({ items }) =>
      items.map(({ code, message, range }) => ({
        code,
        message: message.replaceAll('/fresh/', '/edited/'),
        range,
      }));
    if (!isDeepStrictEqual(of(edited), of(fresh)))
      throw new Error(
        `an edited document differs from a fresh one: ${JSON.stringify({ edited: of(edited), fresh: of(fresh) })}`,
      );
  }

  async #answer(answer, what) {
    this.#questions++;
    const [begin, taken] = [performance.now(), this.#client.processorTime()];
    let timer;
    const late = new Promise((_, reject) => {
      timer = setInterval(() => {
        const waited = Math.round(performance.now() - begin);
        const worked = this.#client.processorTime() - taken;
        if (worked > PATIENCE_MS || waited > LONGEST_WAIT_MS)
          reject(
            new Error(
              `no answer to ${what} within ${waited} ms, in which the server worked for ${worked} ms`,
            ),
          );
      }, LOOK_MS);
    });
    try {
      return await Promise.race([answer, late]);
    } finally {
      clearInterval(timer);
    }
  }
}
