import { type Browser, chromium, type Page } from 'playwright-core';

/** What stands at a URI, as the editor would answer. */
type Files = Readonly<Record<string, object>>;

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: { readonly uri?: string };
  readonly result?: unknown;
}

/** A worker in a page, and an editor's side of the protocol beside it. */
interface WorkerWindow {
  readonly received: Message[];
  send(message: object): void;
}

/** The language server in a real web worker of a real browser; the test is the editor. */
export class WorkerPage {
  private id = 0;

  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
  ) {}

  /**
   * @param executablePath the browser
   * @param bundle text of the server's bundle
   * @param files what the editor answers when the server asks for files
   */
  static async start(executablePath: string, bundle: string, files: Files): Promise<WorkerPage> {
    const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
    const page = await browser.newPage();
    await page.evaluate(startWorker, { bundle, files });
    return new WorkerPage(browser, page);
  }

  async request<Result>(method: string, params: object): Promise<Result> {
    const id = ++this.id;
    await this.send({ id, method, params });
    const found = await this.page.waitForFunction(
      (wanted) => (globalThis as unknown as WorkerWindow).received.find((message) => message.id === wanted),
      id,
    );
    return ((await found.jsonValue()) as Message).result as Result;
  }

  notify(method: string, params: object): Promise<void> {
    return this.send({ method, params });
  }

  /** How often the server has sent a request or notification. */
  count(method: string): Promise<number> {
    return this.page.evaluate(
      (wanted) =>
        (globalThis as unknown as WorkerWindow).received.filter((message) => message.method === wanted)
          .length,
      method,
    );
  }

  stop(): Promise<void> {
    return this.browser.close();
  }

  private send(message: object): Promise<void> {
    return this.page.evaluate((sent) => (globalThis as unknown as WorkerWindow).send(sent), {
      jsonrpc: '2.0',
      ...message,
    });
  }
}

/** Runs in the page: starts the worker from a blob, as VS Code does, and answers what it asks. */
const startWorker = ({ bundle, files }: { bundle: string; files: Files }): void => {
  interface PageWorker {
    onmessage: (event: { data: Message }) => void;
    postMessage(message: object): void;
  }
  const { Worker, Blob, URL } = globalThis as unknown as {
    Worker: new (url: string) => PageWorker;
    Blob: new (parts: string[]) => object;
    URL: { createObjectURL(blob: object): string };
  };
  const worker = new Worker(URL.createObjectURL(new Blob([bundle])));
  const received: Message[] = [];
  worker.onmessage = ({ data }) => {
    if (data.method === undefined || data.id === undefined) {
      received.push(data);
      return;
    }
    received.push({ ...data, id: -data.id });
    const result = data.method === 'mod_wsgi/readPath' ? (files[data.params?.uri ?? ''] ?? null) : null;
    worker.postMessage({ jsonrpc: '2.0', id: data.id, result });
  };
  Object.assign(globalThis, { received, send: (message: object) => worker.postMessage(message) });
};
