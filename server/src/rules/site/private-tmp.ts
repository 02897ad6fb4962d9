import { entriesOf } from '../../configuration/configuration';
import type { ConfigWord } from '../../configuration/entries';
import type { Site } from '../../mounts/site';
import type { Rule, TargetMachine } from '../rule';
import { scriptOf } from './common';

/** Folders of units, the weakest first. */
const UNIT_FOLDERS = [
  '/lib/systemd/system',
  '/usr/lib/systemd/system',
  '/etc/systemd/system',
  '/run/systemd/system',
];

const UNITS = ['apache2.service', 'httpd.service'];

/** Whether the service has temporary folders of its own: the last line that says so counts, those of drop-ins after the unit's. */
const hasPrivateTmp = (machine: TargetMachine): boolean => {
  const units = UNITS.flatMap((unit) => UNIT_FOLDERS.map((folder) => `${folder}/${unit}`));
  const dropIns = units.flatMap((unit) =>
    [...(machine.list(`${unit}.d`) ?? [])]
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => `${unit}.d/${name}`),
  );
  const said = [...units, ...dropIns].flatMap((path) => [
    ...(machine.read(path) ?? '').matchAll(/^\s*PrivateTmp\s*=\s*(\S+)/gm),
  ]);
  return /^(?:1|yes|true|on|disconnected)$/i.test(said.at(-1)?.[1] ?? '');
};

const TEMPORARY = /^\/(?:var\/)?tmp\/./;

/** Lines of a script that say where a profiler, coverage or a cache writes to. */
const WRITES =
  /\b(?:coverage|cProfile|profile\w*|dump_stats|PYTHON_EGG_CACHE|MPLCONFIGDIR|XDG_CACHE_HOME|COVERAGE_FILE)\b/i;

interface Output {
  readonly at: ConfigWord;
  readonly path: string;
}

/** The folders that a configuration and its scripts name for what they write. */
const outputs = (site: Site, machine: TargetMachine): readonly Output[] => [
  ...site.groups.flatMap(({ entry }) => {
    const word = entry.options.get('python-eggs')?.value;
    return word ? [{ at: word, path: word.value }] : [];
  }),
  ...['WSGIPythonEggs', 'CoreDumpDirectory'].flatMap((name) =>
    entriesOf(site.configuration, name).flatMap(({ words: [word] }) =>
      word ? [{ at: word, path: word.value }] : [],
    ),
  ),
  ...site.mounts.flatMap((mount) => {
    const path = scriptOf(mount);
    const { script } = mount;
    if (path === undefined || !script) return [];
    return (machine.read(path) ?? '')
      .split('\n')
      .filter((line) => WRITES.test(line) && !/^\s*#/.test(line))
      .flatMap((line) => /["'](\/(?:var\/)?tmp\/[^"']*)["']/.exec(line)?.[1] ?? [])
      .map((written) => ({ at: script, path: written }));
  }),
];

export const outputInPrivateTmp: Rule = {
  id: 'output-dir-private-tmp',
  severity: 'information',
  summary: 'What is written to /tmp lands in a folder that only the service sees.',
  needs: 'machine',
  site({ site, machine }, report) {
    if (!machine) return;
    const found = outputs(site, machine).filter(({ path }) => TEMPORARY.test(path));
    if (found.length === 0 || !hasPrivateTmp(machine)) return;
    for (const { at, path } of found)
      report({
        at,
        message: `The service sees its own private ${path.startsWith('/var') ? '/var/tmp' : '/tmp'}; what is written to \`${path}\` does not appear in yours.`,
      });
  },
};
