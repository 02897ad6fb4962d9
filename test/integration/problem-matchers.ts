import { readFileSync } from 'node:fs';
import path from 'node:path';
import { installRoot } from '../../common/src/install-root';

/** A line's pattern as the manifest has it; the numbers are those of its groups. */
interface Pattern {
  readonly regexp: string;
  readonly file?: number;
  readonly line?: number;
  readonly column?: number;
  readonly severity?: number;
  readonly code?: number;
  readonly message?: number;
}

/** What the editor would show in its Problems view. */
export interface Problem {
  readonly file: string;
  readonly line: string;
  readonly severity: string;
  readonly code: string;
  readonly message: string;
}

const FIELDS = ['file', 'line', 'severity', 'code', 'message'] as const;

/** The patterns of one of the manifest's problem matchers. */
const patternsOf = (name: string): readonly Pattern[] => {
  const manifest = JSON.parse(readFileSync(path.join(installRoot(), 'package.json'), 'utf8'));
  const matcher = manifest.contributes.problemMatchers.find((entry: { name: string }) => entry.name === name);
  if (!matcher) throw new Error(`the manifest has no problem matcher ${name}`);
  return [matcher.pattern].flat();
};

/**
 * Replays an output through a problem matcher as the editor does: its patterns must match lines that follow each
 * other.
 */
export const problemsIn = (output: string, matcher: string): Problem[] => {
  const patterns = patternsOf(matcher);
  const lines = output.split('\n');
  return lines.flatMap((_, start) => {
    const problem: Record<(typeof FIELDS)[number], string> = {
      file: '',
      line: '',
      severity: 'error',
      code: '',
      message: '',
    };
    for (const [offset, pattern] of patterns.entries()) {
      const found = new RegExp(pattern.regexp).exec(lines[start + offset] ?? '');
      if (!found) return [];
      for (const field of FIELDS) {
        const group = pattern[field];
        if (group !== undefined) problem[field] = found[group] ?? '';
      }
    }
    return [problem];
  });
};
