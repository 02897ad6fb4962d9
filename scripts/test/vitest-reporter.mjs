// Writes a vitest run in the form of report.mjs; unlike vitest's own JSON it keeps the reason of `context.skip(reason)`.
import { writeJson } from '../lib/json.mjs';

const states = { passed: 'passed', failed: 'failed', skipped: 'skipped' };

/** A vitest reporter (named by path on its command line); the file to write is in TEST_REPORT. */
export default class ReportWriter {
  onTestRunEnd(modules, unhandledErrors) {
    const tests = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => ({
        title: `${module.relativeModuleId}: ${test.fullName}`,
        state: states[test.result().state] ?? 'failed',
        detail: detailOf(test),
      })),
    );
    const errors = modules.flatMap((module) => suiteErrors(module));
    writeJson(process.env.TEST_REPORT, { tests, errors: [...errors, ...unhandledErrors.map(textOf)] });
  }
}

/** A file that does not load, and hooks that fail, belong to no test. */
const suiteErrors = (module) =>
  [module, ...module.children.allSuites()].flatMap((suite) =>
    suite.errors().map((error) => `${module.relativeModuleId}: ${textOf(error)}`),
  );

const detailOf = (test) => {
  const result = test.result();
  if (result.state === 'failed') return result.errors.map(textOf).join('\n');
  if (result.state === 'skipped') return result.note ?? reasonInTitle(test);
  return undefined;
};

/** `describe.skipIf` and `it.skipIf` take no reason, so it stands in the title: "the corpus (skipped where … is absent)". */
const reasonInTitle = ({ fullName, options }) =>
  /\((skipped [^)]+)\)/.exec(fullName)?.[1] ?? (options.mode === 'todo' ? 'not written yet' : undefined);

const textOf = (error) => error.stack ?? error.message ?? String(error);
