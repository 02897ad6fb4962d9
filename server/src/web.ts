import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import { URI } from 'vscode-uri';
import { type PathContent, READ_PATH, type ReadPathParams } from '../../common/src/editor-files';
import { EditorFiles } from './configuration/editor-files';
import { startServer } from './server';

/**
 * The language server in a web worker: it speaks by the worker's messages, and reads the files around the documents through the
 * editor ({@link READ_PATH}). An editor that does not answer that is served document by document.
 */
const connection = createConnection(
  new BrowserMessageReader(globalThis),
  new BrowserMessageWriter(globalThis),
);

startServer(connection, ({ workspace, refresh }) => {
  const read = async (uri: string): Promise<PathContent | null> => {
    try {
      return await connection.sendRequest<PathContent | null>(READ_PATH, { uri } satisfies ReadPathParams);
    } catch {
      return null;
    }
  };
  return new EditorFiles(URI.parse(workspace ?? 'untitled:'), { read, changed: refresh });
});
