import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cacheRoot } from '../../common/src/cache';
import { Session } from './client';
import { FEATURES, Scene, sharesLines } from './features';
import { type PythonCase, pythonCase } from './pythons';
import { EXAMPLES_PYTHON, RUNTIMES, type RuntimeCase } from './runtimes';
import { Workspace } from './workspace';

const EXAMPLES: PythonCase = { version: 'of the examples', python: EXAMPLES_PYTHON, missing: undefined };

/** The Pythons that set-up found, besides that of the examples. */
const others = (): PythonCase[] => {
  const file = path.join(cacheRoot(), 'state.json');
  const { pythons = {} } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return Object.keys(pythons).map(pythonCase);
};

interface Combination {
  readonly python: PythonCase;
  readonly runtime: RuntimeCase;
  readonly mpm: 'prefork' | 'event';
}

const MPMS = ['prefork', 'event'] as const;

/** The installed runtimes are of one Python; the bundled one is built for each. */
const COMBINATIONS: readonly Combination[] = [
  ...RUNTIMES.map((runtime) => ({ python: EXAMPLES, runtime })),
  ...others().flatMap((python) => RUNTIMES.slice(0, 1).map((runtime) => ({ python, runtime }))),
].flatMap((each) => MPMS.map((mpm) => ({ ...each, mpm })));

// Loops, because the names that describe.each makes are cut off.
for (const combination of COMBINATIONS) {
  const { mpm, runtime } = combination;
  const { python } = combination.python;
  const missing = runtime.missing ?? combination.python.missing;

  describe(`a whole session with ${titleOf(combination)}`, () => {
    let workspace: Workspace;
    let session: Session;
    let scene: Scene;
    let hasEnded = false;

    beforeAll(async () => {
      if (missing) return;
      workspace = new Workspace();
      session = await Session.begin(workspace, {}, { python });
      scene = new Scene(session, workspace, minorVersionOf(python), has(python, 'jinja2'));
      void session.terminated.then(() => {
        hasEnded = true;
      });
      await session.launch({
        ...runtime.attributes,
        python,
        program: scene.program,
        args: ['--server-mpm', mpm],
        autoReload: true,
        coverage: sharesLines(scene.minorVersion),
      });
    });

    afterAll(async () => {
      if (missing) return;
      if (!hasEnded) await session.stop();
      expect(await workspace.close()).toEqual([]);
    });

    for (const { name, impossible, show } of FEATURES) {
      it(name, async (context) => {
        const why = missing ?? impossible?.(scene);
        if (why) context.skip(why);
        await show(scene);
      });
    }
  });
}

function minorVersionOf(python: string): number {
  return Number(spawnSync(python, ['-c', 'import sys; print(sys.version_info[1])']).stdout);
}

function has(python: string, module: string): boolean {
  return spawnSync(python, ['-c', `import ${module}`]).status === 0;
}

function titleOf({ python, runtime, mpm }: Combination): string {
  return `Python ${python.version}, ${runtime.name}, ${mpm}`;
}
