import type { AgentStop } from './agent-protocol';

interface StoppedThread {
  readonly id: number;
  readonly stop: AgentStop;
  /** The client has asked to resume it, and so knows. */
  expectsResume: boolean;
}

/**
 * The threads as the editor sees them: those that work on a request or are stopped, each named after its request. Python's thread numbers
 * are addresses; the editor gets small ones that stay with a thread for the session.
 */
export class StoppedThreads {
  private readonly ids = new Map<number, number>();
  private readonly names = new Map<number, string>();
  private readonly stopped = new Map<number, StoppedThread>();

  /** @returns the editor's number of the thread. */
  stop(stop: AgentStop): number {
    const id = this.note(stop.thread, stop.request ?? 'Loading the application');
    this.stopped.set(id, { id, stop, expectsResume: false });
    return id;
  }

  /** Take note of what a thread is working on. @returns the editor's number of the thread. */
  note(pythonThread: number, name: string): number {
    const id = this.ids.get(pythonThread) ?? this.ids.size + 1;
    this.ids.set(pythonThread, id);
    this.names.set(id, name);
    return id;
  }

  get(id: number): StoppedThread | undefined {
    return this.stopped.get(id);
  }

  /**
   * Python's number of a stopped thread.
   *
   * @throws Error if the thread is running.
   */
  python(id: number): number {
    const thread = this.stopped.get(id);
    if (!thread) throw new Error('The thread is running.');
    return thread.stop.thread;
  }

  expectResume(pythonThread: number): void {
    const thread = this.stopped.get(this.ids.get(pythonThread) ?? 0);
    if (thread) thread.expectsResume = true;
  }

  /** @returns the thread's number and whether the client asked for it, or undefined if it was not stopped. */
  resume(pythonThread: number): { id: number; expected: boolean } | undefined {
    const id = this.ids.get(pythonThread);
    const thread = id === undefined ? undefined : this.stopped.get(id);
    if (!thread) return undefined;
    this.stopped.delete(thread.id);
    return { id: thread.id, expected: thread.expectsResume };
  }

  clear(): void {
    this.stopped.clear();
  }

  /** The stopped threads, and those of Python's numbers. */
  list(pythonThreads: readonly number[]): { readonly id: number; readonly name: string }[] {
    const live = pythonThreads.map((thread) => this.ids.get(thread)).filter((id) => id !== undefined);
    return [...new Set([...this.stopped.keys(), ...live])].map((id) => ({
      id,
      name: this.names.get(id) ?? '',
    }));
  }
}
