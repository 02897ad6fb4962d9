import { type Analysis, analyze } from '../analysis';
import { memoryFiles } from '../model/fixtures/memory-files';
import type { FileSystem } from '../model/machine';
import type { Configuration } from './configuration';
import { readConfiguration } from './read';

/** The main file that {@link readText} reads. */
export const MAIN_FILE = '/etc/apache2/apache2.conf';

/** What a test knows of a text that was read. */
export interface ReadText {
  readonly files: FileSystem;
  readonly configuration: Configuration;
  /** Of the main file. */
  readonly analysis: Analysis;
}

/** Reads a text as the main file of this machine, with other files beside it that are only in memory. */
export const readText = (text: string, others: Readonly<Record<string, string>> = {}): ReadText => {
  const files = memoryFiles({ ...others, [MAIN_FILE]: text });
  const analysis = analyze(text, MAIN_FILE);
  const analysisOf = (path: string): Analysis | undefined => {
    if (path === MAIN_FILE) return analysis;
    const content = files.read(path);
    return content === undefined ? undefined : analyze(content, path);
  };
  const configuration = readConfiguration(
    { files, analysisOf },
    { root: MAIN_FILE, rooted: true, local: true, serverRoot: '/etc/apache2', environment: new Map() },
  );
  return { files, configuration, analysis };
};
