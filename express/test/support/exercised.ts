import { appendFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { installRoot } from '../../../common/src/install-root';

/** The options with which a server has answered in a test that passed. */
export interface Exercise {
  readonly file: string;
  readonly options: readonly string[];
  readonly module: string | undefined;
}

/** Every file of tests is a process of its own, all of one parent: the run. */
const folder = path.join(installRoot(), 'build', 'test', 'exercised', String(process.ppid));

/** The names of the options among the words of a command line, as they are written there. */
export const optionsAmong = (words: readonly string[]): string[] =>
  words.filter((word) => word.startsWith('--')).map((word) => word.slice(2).split('=')[0] ?? '');

/**
 * Has the options of a server remembered when the running test has passed, for every-option.test.ts.
 *
 * @param hasServed asked at the end of the test.
 */
export const rememberOptions = (
  words: readonly string[],
  module: string | undefined,
  hasServed: () => boolean,
): void =>
  onTestFinished(({ task }) => {
    if (task.result?.state === 'fail' || !hasServed()) return;
    const exercise: Exercise = { file: task.file.filepath, options: optionsAmong(words), module };
    mkdirSync(folder, { recursive: true });
    appendFileSync(path.join(folder, `${process.pid}.jsonl`), `${JSON.stringify(exercise)}\n`);
  });

/** What the tests of this run have used until now. */
export const exercises = (): Exercise[] => {
  mkdirSync(folder, { recursive: true });
  return readdirSync(folder).flatMap((name) =>
    readFileSync(path.join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Exercise),
  );
};
