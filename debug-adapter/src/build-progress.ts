import { ProgressEndEvent, ProgressStartEvent, ProgressUpdateEvent } from '@vscode/debugadapter';

type ProgressEvent = ProgressStartEvent | ProgressUpdateEvent | ProgressEndEvent;

const ID = 'build';

/** Shows in the editor that the Apache module is being built; nothing is shown where nothing is built. */
export class BuildProgress {
  private hasStarted = false;

  constructor(private readonly send: (event: ProgressEvent) => void) {}

  /** @param line what the build says it does. */
  show(line: string): void {
    if (!this.hasStarted) this.send(new ProgressStartEvent(ID, "Building Apache's mod_wsgi module"));
    this.hasStarted = true;
    this.send(new ProgressUpdateEvent(ID, line.trim()));
  }

  end(): void {
    if (this.hasStarted) this.send(new ProgressEndEvent(ID));
  }
}
