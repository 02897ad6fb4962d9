import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  type ClientCapabilities,
  createProtocolConnection,
  type Diagnostic,
  type DocumentDiagnosticReport,
  type FullDocumentDiagnosticReport,
  type InitializeResult,
  type ProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';

/** How long an answer may take before the test fails. */
const PATIENCE = 10_000;

/** An editor's side of the protocol over the server's stdio: a real client without an editor around it. */
export class Client {
  readonly process: ChildProcess;
  readonly connection: ProtocolConnection;
  /** What the server has pushed last, by document. */
  readonly pushed = new Map<string, readonly Diagnostic[]>();
  private version = 1;
  private readonly reports = new Map<string, FullDocumentDiagnosticReport>();

  private constructor(server: string) {
    this.process = spawn(process.execPath, [server, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const { stdin, stdout } = this.process;
    if (!stdin || !stdout) throw new Error('the server has no stdio');
    // A test may kill the server while a message is on its way.
    stdin.on('error', () => undefined);
    this.connection = createProtocolConnection(
      new StreamMessageReader(stdout),
      new StreamMessageWriter(stdin),
    );
    this.connection.onNotification('textDocument/publishDiagnostics', ({ uri, diagnostics }) => {
      this.pushed.set(uri, diagnostics);
    });
    this.connection.onRequest('client/registerCapability', () => null);
    this.connection.listen();
  }

  /** Starts a server and shakes hands with it. */
  static async start(
    server: string,
    options: { capabilities?: ClientCapabilities; processId?: number; initializationOptions?: object } = {},
  ): Promise<{ client: Client; result: InitializeResult }> {
    const client = new Client(server);
    const {
      capabilities = { textDocument: { diagnostic: {} } },
      processId = process.pid,
      initializationOptions,
    } = options;
    const result: InitializeResult = await client.request('initialize', {
      processId,
      rootUri: null,
      capabilities,
      initializationOptions,
    });
    await client.notify('initialized', {});
    return { client, result };
  }

  async request<Result>(method: string, params?: object): Promise<Result> {
    return withPatience(this.connection.sendRequest<Result>(method, params), method);
  }

  notify(method: string, params?: object): Promise<void> {
    return this.connection.sendNotification(method, params);
  }

  async open(uri: string, text: string, languageId = 'apacheconf'): Promise<void> {
    await this.notify('textDocument/didOpen', {
      textDocument: { uri, languageId, version: this.version++, text },
    });
  }

  async change(uri: string, ...contentChanges: readonly object[]): Promise<void> {
    await this.notify('textDocument/didChange', {
      textDocument: { uri, version: this.version++ },
      contentChanges,
    });
  }

  /** The document's diagnostics, asked for as VS Code does: what it has already is not sent again. */
  async diagnostics(uri: string): Promise<readonly Diagnostic[]> {
    const last = this.reports.get(uri);
    const report = await this.request<DocumentDiagnosticReport>('textDocument/diagnostic', {
      textDocument: { uri },
      ...(last?.resultId !== undefined && { previousResultId: last.resultId }),
    });
    if (report.kind === 'full') this.reports.set(uri, report);
    return this.reports.get(uri)?.items ?? [];
  }

  /** Waits until the server has ended and gives its exit code. */
  async exitCode(): Promise<number | null> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return this.process.exitCode;
    const [code] = (await withPatience(once(this.process, 'exit'), 'exit')) as [number | null];
    return code;
  }

  /** Ends the server, the polite way if it still listens. Safe to call twice. */
  async stop(): Promise<void> {
    this.connection.dispose();
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    this.process.kill('SIGKILL');
    await once(this.process, 'exit');
  }
}

const withPatience = async <T>(answer: Promise<T>, what: string): Promise<T> => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer to ${what} within ${PATIENCE} ms`)), PATIENCE);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
};
