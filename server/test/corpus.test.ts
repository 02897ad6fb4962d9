import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze } from '../src/analysis';
import { check } from '../src/rules/check';

/** Real configurations from public repositories, kept beside the repository and never in it. */
const CORPUS = path.join(__dirname, '..', '..', '..', 'shared', 'corpus');

/** Errors that Apache itself finds in these files, as `line rule`, with its words. */
const REAL_ERRORS: Readonly<Record<string, readonly string[]>> = {
  // "WSGIScriptAlias requires at least two arguments"
  'andremouro__XAMPP_DJango_Configuration__wsgi2.conf': ['1 alias-missing-argument'],
  // "Log level keyword must be one of emerg/alert/crit/…"
  'open-oni__open-oni__openoni.conf': ['3 invalid-value'],
  // "Invalid option to WSGI script alias definition": request-timeout belongs to WSGIDaemonProcess
  'WeblateOrg__weblate__apache.conf': ['31 unknown-daemon-option'],
};

describe.skipIf(!existsSync(CORPUS))(
  'the corpus of real configurations (skipped where ../shared/corpus is absent)',
  () => {
    const files = existsSync(CORPUS) ? readdirSync(CORPUS).filter((name) => name.endsWith('.conf')) : [];

    test('is complete', () => {
      expect(files).toHaveLength(57);
    });

    test.each(files)('%s: no error but those Apache finds', (name) => {
      const text = readFileSync(path.join(CORPUS, name), 'utf8');
      const errors = check(analyze(text, name))
        .filter(({ severity }) => severity === 'error')
        .map(({ rule, range }) => `${text.slice(0, range.start).split('\n').length} ${rule}`);
      expect(errors).toEqual(REAL_ERRORS[name] ?? []);
    });
  },
);
