import path from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../../../common/src/errors';
import { nearest } from '../../../common/src/nearest';
import { ruleLevels } from '../rules/documentation';
import type { Severity } from '../rules/rule';

/** How findings are written. */
export const FORMATS = ['text', 'json', 'sarif'] as const;

export type Format = (typeof FORMATS)[number];

/** From the worst to the least. */
export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

/** What the command line asks for. */
export interface CheckOptions {
  /** Absolute. */
  readonly paths: readonly string[];
  readonly format: Format;
  /** The least severity that is written. */
  readonly level: Severity;
  /** The least severity that makes the command fail; undefined for none. */
  readonly failOn: Severity | undefined;
  /** As an editor would send them. */
  readonly settings: object;
}

export const USAGE = `Usage: mod-wsgi-language-server check [options] PATH…
       mod-wsgi-language-server --stdio

Checks Apache configuration as the editor does. A main file (apache2.conf, httpd.conf) stands for all files it includes, a folder for
all of Apache's files in it.

  --format text|json|sarif     how findings are written (text)
  --level SEVERITY             the least severity that is written: error, warning, information or hint (warning)
  --fail-on SEVERITY|never     the least severity that makes the exit status 1 (error)
  --rule ID=SEVERITY|off       another severity for a rule; may be repeated
  --root FILE                  the main file, where it is not found above the checked file
  --machine auto|this|other    whether the configuration is for this machine, so that its paths are looked at (auto)
  --mod-wsgi VERSION           the server's mod_wsgi (the latest)
  --profile production|debug|coverage   what the configuration is for (production)
  --help

Exit status: 0 nothing found of the severity of --fail-on, 1 something found, 2 the command line or a path is wrong.
`;

/** A mistake on the command line. */
const mistake = (message: string, action: string): UserError =>
  new UserError({ code: 'usage', message, action });

/**
 * Reads the command line behind `check`.
 *
 * @param folder the one that paths are relative to
 * @returns `help` if that is asked for
 * @throws UserError `usage`
 */
export const readCommandLine = (argv: readonly string[], folder: string): CheckOptions | 'help' => {
  const { values, positionals } = parse(argv);
  if (values.help) return 'help';
  if (positionals.length === 0)
    throw mistake('No file or folder is named.', 'Name one behind `check`, for instance `check .`.');
  return {
    paths: positionals.map((each) => path.resolve(folder, each)),
    format: oneOf('format', values.format ?? 'text', FORMATS),
    level: oneOf('level', values.level ?? 'warning', SEVERITIES),
    failOn:
      values['fail-on'] === 'never' ? undefined : oneOf('fail-on', values['fail-on'] ?? 'error', SEVERITIES),
    settings: {
      configuration: {
        root: values.root && path.resolve(folder, values.root),
        machine: oneOf('machine', values.machine ?? 'auto', ['auto', 'this', 'other']),
        version: values['mod-wsgi'],
        profile: oneOf('profile', values.profile ?? 'production', ['production', 'debug', 'coverage']),
      },
      rules: Object.fromEntries((values.rule ?? []).map(readRule)),
    },
  };
};

const parse = (argv: readonly string[]) => {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        format: { type: 'string' },
        level: { type: 'string' },
        'fail-on': { type: 'string' },
        rule: { type: 'string', multiple: true },
        root: { type: 'string' },
        machine: { type: 'string' },
        'mod-wsgi': { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean' },
      },
    });
  } catch (error) {
    // Node.js explains in further sentences how one would name such a file.
    const [what = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw mistake(`${what.replace(/\.$/, '')}.`, 'See `check --help`.');
  }
};

const oneOf = <Value extends string>(option: string, given: string, values: readonly Value[]): Value => {
  const found = values.find((value) => value === given);
  if (found !== undefined) return found;
  throw mistake(`--${option} cannot be \`${given}\`.`, `Use one of ${values.join(', ')}.`);
};

const readRule = (text: string): readonly [string, string] => {
  const [id = '', level = ''] = text.split('=');
  const ids = ruleLevels().map((rule) => rule.id);
  if (!ids.includes(id)) {
    const meant = nearest(id, ids);
    throw mistake(
      `There is no rule \`${id}\`.`,
      meant ? `Did you mean \`${meant}\`?` : 'See the rule catalogue.',
    );
  }
  return [id, oneOf('rule', level, [...SEVERITIES, 'off'])];
};
