import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { analyze } from '../src/analysis';
import { readConfiguration } from '../src/configuration/read';
import { unknownMachine } from '../src/model/machine';
import { siteOf } from '../src/mounts/site';
import { check } from '../src/rules/check';
import { checkSite } from '../src/rules/check-site';

/** Real configurations from public repositories, kept beside the repository and never in it. */
const CORPUS = path.join(__dirname, '..', '..', '..', 'shared', 'corpus');

/** The real errors in these files, as `line rule`, with Apache's words where it has some. */
const REAL_ERRORS: Readonly<Record<string, readonly string[]>> = {
  // "WSGIScriptAlias requires at least two arguments"
  'andremouro__XAMPP_DJango_Configuration__wsgi2.conf': ['1 alias-missing-argument'],
  // "Log level keyword must be one of emerg/alert/crit/…"
  'open-oni__open-oni__openoni.conf': ['3 invalid-value'],
  // Not refused by Apache, but python-path=/usr/bin/python3 is the interpreter, not a folder of modules.
  'elbosso__gitlabsvgbadges__apache-flask.conf': ['6 python-path-is-executable'],
  'zang-lab__BARTweb_frontend__apache-flask.conf': ['5 python-path-is-executable'],
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

    test.each(files)('%s: no error but the real ones', (name) => {
      const text = readFileSync(path.join(CORPUS, name), 'utf8');
      const analysis = analyze(text, name);
      const configuration = readConfiguration(
        { files: unknownMachine.files, analysisOf: (file) => (file === name ? analysis : undefined) },
        { root: name, rooted: analysis.main, local: false, serverRoot: '', environment: new Map() },
      );
      const whole = checkSite({
        site: siteOf(configuration),
        machine: undefined,
        version: undefined,
        profile: 'production',
        outsideOf: undefined,
      });
      const errors = [
        ...check(analysis),
        ...(whole.get(name) ?? []).map((finding) => ({ ...finding, range: finding.at })),
      ]
        .filter(({ severity }) => severity === 'error')
        .map(({ rule, range }) => `${text.slice(0, range.start).split('\n').length} ${rule}`);
      expect(errors).toEqual(REAL_ERRORS[name] ?? []);
    });
  },
);
