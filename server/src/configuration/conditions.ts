import { wordTable } from '../../../common/src/word-table';
import { findModule } from '../catalogue/modules';
import type { FileSystem } from '../model/machine';
import type { ConfigWord, Verdict } from './entries';

/** What is known when a startup condition is read. */
export interface Knowledge {
  /** Names of modules loaded so far. */
  readonly modules: ReadonlySet<string>;
  /** Names defined so far, exact. */
  readonly defined: ReadonlySet<string>;
  /** True if what is not loaded so far is not there: the root is known, and it loads its modules one by one. */
  readonly modulesComplete: boolean;
  /** Undefined if the configuration is not for this machine. */
  readonly files: FileSystem | undefined;
}

/** Modules that are compiled in more often than loaded. */
const OFTEN_STATIC =
  /^(?:core|http_core|mod_so|prefork|worker|event|mod_log_config|mod_logio|mod_version|mod_watchdog|mod_unixd)$/;

const negate = (verdict: Verdict): Verdict =>
  verdict === 'holds' ? 'fails' : verdict === 'fails' ? 'holds' : 'unknown';

/**
 * Decides a startup condition as far as the configuration tells.
 *
 * @param name lower case, without `<`
 */
export const judgeCondition = (name: string, words: readonly ConfigWord[], known: Knowledge): Verdict => {
  const [first] = words;
  if (!first || words.some((word) => !word.known)) return 'unknown';
  if (name === 'ifversion') return judgeVersion(words.map(({ value }) => value));
  const negated = first.value.startsWith('!');
  const subject = first.value.slice(negated ? 1 : 0) || (words[1]?.value ?? '');
  const verdict = JUDGES[name]?.(subject, known) ?? 'unknown';
  return negated ? negate(verdict) : verdict;
};

const JUDGES: Readonly<Record<string, (subject: string, known: Knowledge) => Verdict>> = wordTable({
  ifmodule: (subject, { modules, modulesComplete }) => {
    const module = findModule(subject);
    if (module && modules.has(module.name)) return 'holds';
    if (modules.has(subject)) return 'holds';
    return modulesComplete && !(module && OFTEN_STATIC.test(module.name)) ? 'fails' : 'unknown';
  },
  // What is not defined in the files can be defined with -D.
  ifdefine: (subject, { defined }) => (defined.has(subject) ? 'holds' : 'unknown'),
  iffile: (subject, { files }) => {
    if (!files || !subject.startsWith('/')) return 'unknown';
    return files.kind(subject) === undefined ? 'fails' : 'holds';
  },
});

/** Comparisons that every 2.4 answers alike. */
const judgeVersion = (words: readonly string[]): Verdict => {
  const [operator = '', version = ''] = words.length > 1 ? words : ['=', words[0] ?? ''];
  const [, major, minor, patch] = /^(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(version) ?? [];
  if (major === undefined) return 'unknown';
  const asked = Number(major) * 1000 + Number(minor ?? 0);
  const order = Math.sign(2004 - asked);
  const exact = order !== 0 || Number(patch ?? 0) === 0;
  if (!exact) return 'unknown';
  // 2.4 means 2.4.0, and every server at hand is later.
  const later = order === 0 ? 1 : order;
  switch (operator.replace(/^!/, '')) {
    case '>':
    case '>=':
      return operator.startsWith('!') !== later > 0 ? 'holds' : 'fails';
    case '<':
    case '<=':
      return operator.startsWith('!') !== later < 0 ? 'holds' : 'fails';
    default:
      return 'unknown';
  }
};
