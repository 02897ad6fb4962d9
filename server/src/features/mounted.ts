import type { MountedApplication } from '../../../common/src/language-requests';
import type { Mount } from '../mounts/mounts';

/** The mounts that somebody could start as they are: those at a URL, with a script, both known. */
export const mountedApplications = (mounts: readonly Mount[]): readonly MountedApplication[] =>
  mounts.flatMap(({ kind, entry, url, script, callable, pythonHome }) =>
    kind === 'alias' && url?.known && script?.known
      ? [
          {
            line: entry.line - 1,
            url: url.value,
            script: script.value,
            callable: callable.value,
            ...(pythonHome?.known && { pythonHome: pythonHome.value }),
          },
        ]
      : [],
  );
