import { readFileSync } from 'node:fs';
import {
  createProtocolConnection,
  FileChangeType,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import { start } from './process.mjs';

/** An editor without an editor around it: what the benchmark times is what an editor would wait for. */
export class LanguageClient {
  #version = 1;
  #reports = new Map();

  /** @param {string} server the bundle */
  static async start(server) {
    const client = new LanguageClient(server);
    await client.request('initialize', {
      processId: process.pid,
      rootUri: null,
      capabilities: {
        textDocument: {
          diagnostic: {},
          completion: {
            completionItem: { snippetSupport: true },
            completionList: { itemDefaults: ['editRange'] },
          },
        },
      },
    });
    await client.#connection.sendNotification('initialized', {});
    return client;
  }

  #process;
  #connection;

  constructor(server) {
    this.#process = start(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#connection = createProtocolConnection(
      new StreamMessageReader(this.#process.stdout),
      new StreamMessageWriter(this.#process.stdin),
    );
    this.#connection.onRequest('client/registerCapability', () => null);
    this.#connection.listen();
  }

  request(method, params) {
    return this.#connection.sendRequest(method, params);
  }

  open(uri, text) {
    return this.#connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'apacheconf', version: this.#version++, text },
    });
  }

  /** Inserts a text at a place. */
  change(uri, position, text) {
    return this.changeBy(uri, { range: { start: position, end: position }, text });
  }

  changeBy(uri, change) {
    return this.#connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: this.#version++ },
      contentChanges: [change],
    });
  }

  /** Says that files were written by somebody else. */
  changedOnDisk(uris) {
    const changes = uris.map((uri) => ({ uri, type: FileChangeType.Changed }));
    return this.#connection.sendNotification('workspace/didChangeWatchedFiles', { changes });
  }

  close(uri) {
    this.#reports.delete(uri);
    return this.#connection.sendNotification('textDocument/didClose', { textDocument: { uri } });
  }

  /** The findings of a document, asked for as VS Code does: what it has already is not sent again. */
  async diagnostics(uri) {
    const last = this.#reports.get(uri);
    const report = await this.request('textDocument/diagnostic', {
      textDocument: { uri },
      ...(last && { previousResultId: last.resultId }),
    });
    if (report.kind === 'unchanged') return last;
    this.#reports.set(uri, report);
    return report;
  }

  /** Processor time that the server has taken, in ms; Linux counts it in steps of ten. */
  processorTime() {
    const fields = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Resident memory of the server, in MB. */
  memory() {
    const [, resident] = readFileSync(`/proc/${this.#process.pid}/statm`, 'utf8').split(' ');
    return (Number(resident) * 4096) / 1024 ** 2;
  }

  async stop() {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.request('shutdown');
    await this.#connection.sendNotification('exit');
    await ended;
    this.#connection.dispose();
  }
}
