import { UserError } from '../../../common/src/errors';
import { runProgram } from '../../../common/src/run-program';

/** Names of one locale differ: `en_US.UTF-8` is listed as `en_US.utf8`. */
const normalized = (name: string): string => {
  const [language = '', encoding] = name.split('.');
  return encoding ? `${language}.${encoding.toLowerCase().replaceAll('-', '')}` : language;
};

/** The locales that are installed; undefined where the system does not tell. */
const installedLocales = async (): Promise<string[] | undefined> => {
  const { stdout, exitCode } = await runProgram('locale', ['-a'], { timeoutMs: 10_000 });
  return exitCode === 0 && stdout.trim() !== '' ? stdout.trim().split('\n') : undefined;
};

/**
 * Checks that a locale is installed: the application would run in another one, with a line in the log.
 *
 * @throws UserError `locale-missing`.
 */
export const checkLocale = async (locale: string): Promise<void> => {
  const installed = await installedLocales();
  if (!installed || installed.some((name) => normalized(name) === normalized(locale))) return;
  throw new UserError({
    code: 'locale-missing',
    message: `The locale ${locale} is not installed on this machine.`,
    action: `Choose another with --locale; installed are ${installed.join(', ')}.`,
  });
};

/** What the environment says about the locale, where it names one that is not installed. */
export const missingLocaleOf = async (environment: NodeJS.ProcessEnv): Promise<string | undefined> => {
  const named = environment.LC_ALL || environment.LC_CTYPE || environment.LANG;
  if (!named || /^(?:C|POSIX|C\.utf-?8)$/i.test(named)) return undefined;
  const installed = await installedLocales();
  return !installed || installed.some((name) => normalized(name) === normalized(named)) ? undefined : named;
};
