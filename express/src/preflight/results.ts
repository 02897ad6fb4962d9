import type { ServerPlan } from '../plan';
import { prepareServerFile, prepareServerFolder } from './folders';

/**
 * Makes what the server's user writes at the end of a debugging run: found out now, not when the results are lost.
 *
 * @throws UserError `directory-not-writable`.
 */
export const prepareResults = ({
  coverageDirectory,
  profiler,
  recorderDirectory,
  identity,
}: ServerPlan): void => {
  const folders = [
    [coverageDirectory, 'the coverage directory', '--coverage-directory'],
    [profiler?.directory, 'the profiler directory', '--profiler-directory'],
    [recorderDirectory, 'the recorder directory', '--recorder-directory'],
  ] as const;
  for (const [folder, what, option] of folders)
    if (folder) prepareServerFolder({ folder, what, option }, identity);
  if (profiler)
    prepareServerFile(
      { folder: profiler.file, what: 'the profiler output file', option: '--profiler-output-file' },
      identity,
    );
};
