import type { ServerRootLayout } from '../server-root/layout';
import type { Settings } from '../settings';
import { ErrorLines, formatsErrorLines } from './error-lines';
import type { OutputTail } from './output-tail';
import { type PipeReader, readPipe, toLines } from './pipe-reader';
import type { Reloader } from './reloader';
import { hasColour, RequestLines } from './request-lines';

/** Reads every named pipe of a server root, and passes on to people what is for them. */
export const openRelays = (
  settings: Settings,
  layout: ServerRootLayout,
  tail: OutputTail,
  reloader: Reloader,
): PipeReader[] => {
  const readers: PipeReader[] = [];
  if (layout.errorLog.kind === 'terminal')
    readers.push(readErrors(layout.errorLogFile, tail, formatsErrorLines(settings)));
  if (layout.accessLog?.kind === 'terminal' && layout.accessLogFile)
    readers.push(readPipe(layout.accessLogFile, (chunk) => process.stdout.write(chunk)));
  if (layout.reloadPipe) readers.push(readPipe(layout.reloadPipe, toLines(reloader.report)));
  if (layout.requestLinePipe) readers.push(readRequests(layout.requestLinePipe));
  return readers;
};

const readErrors = (file: string, tail: OutputTail, isForPeople: boolean): PipeReader => {
  const lines = new ErrorLines(process.stderr, hasColour());
  const show = isForPeople ? toLines(lines.add) : (chunk: Buffer) => process.stderr.write(chunk);
  const reader = readPipe(file, (chunk) => {
    tail.add(chunk.toString());
    show(chunk);
  });
  return {
    close: async () => {
      await reader.close();
      lines.end();
    },
  };
};

const readRequests = (file: string): PipeReader => {
  const lines = new RequestLines(process.stdout, hasColour());
  const reader = readPipe(file, toLines(lines.add));
  return {
    close: async () => {
      await reader.close();
      lines.end();
    },
  };
};
