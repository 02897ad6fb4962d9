import { applicationProcesses, type ServerPlan } from '../../plan';
import type { ServerRootLayout } from '../../server-root/layout';
import { DAEMON_NUMBERS, type DaemonNumber } from '../../settings/running';
import type { BlockMaker } from '../block';
import { needsWsgi } from '../needs';
import { groupSearchPath } from '../search-path';
import { locationSection } from '../sections';
import { socketPrefix } from '../socket-prefix';
import { httpdWord } from '../words';
import { wsgi } from '../wsgi-directive';

/** One `name=value` of a mod_wsgi directive. The quotes lie around the value: around both, modules refuse them. */
export const pairWord = (name: string, value: string): string =>
  `${name}=${httpdWord(value, `The value of ${name}`)}`;

/** A directive that is too long for one line. */
export const continued = (words: readonly string[]): string[] => [words.join(' \\\n    ')];

/** The options of WSGIDaemonProcess that this module knows. */
const known = (
  { features }: ServerPlan,
  options: readonly (readonly [name: string, value: string | undefined])[],
): string[] =>
  options.flatMap(([name, value]) =>
    value !== undefined && features.knows(name) ? [pairWord(name, value)] : [],
  );

/** What a process group and a service have in common: where they run, and with which Python. */
export const surroundings = (plan: ServerPlan): string[] => {
  const { settings, locale } = plan;
  return known(plan, [
    ['display-name', '%{GROUP}'],
    ['home', settings.workingDirectory],
    ['python-path', groupSearchPath(settings)],
    ['python-eggs', settings.interpreter.eggs],
    ['lang', locale],
    ['locale', locale],
  ]);
};

/** Numbers that mean the module's default where they are 0, and are not written then; timeouts are written always. */
const numbers = (plan: ServerPlan): string[] =>
  Object.entries(DAEMON_NUMBERS)
    .map(([option, word]) => [word, plan.settings.processes.numbers[option as DaemonNumber]] as const)
    .filter(([word, value]) => plan.features.knows(word) && (value > 0 || word.endsWith('timeout')))
    .map(([word, value]) => `${word}=${value}`);

/** The processes of the application. */
export const daemon: BlockMaker = (plan: ServerPlan, layout: ServerRootLayout) => {
  if (plan.mode !== 'daemon' || !needsWsgi(plan)) return { comment: '', lines: [] };
  const { settings, processGroup } = plan;
  return {
    comment: 'The processes of the application.',
    lines: [
      ...wsgi(
        plan,
        'WSGISocketPrefix',
        httpdWord(socketPrefix(settings, layout.folder), 'The socket prefix'),
      ),
      ...wsgi(plan, 'WSGISocketRotation', 'Off'),
      ...continued([
        `WSGIDaemonProcess ${httpdWord(processGroup, 'The name of the process group')}`,
        ...(settings.processes.count === undefined ? [] : [`processes=${applicationProcesses(plan)}`]),
        `threads=${settings.threads}`,
        ...surroundings(plan),
        ...known(plan, [
          ['switch-interval', settings.interpreter.switchInterval?.toString()],
          ['server-metrics', settings.serverMetrics ? 'On' : undefined],
        ]),
        ...numbers(plan),
      ]),
      ...settings.processes.ignoreActivity.flatMap((url) => ignoreActivity(plan, url)),
    ],
  };
};

const ignoreActivity = (plan: ServerPlan, url: string): string[] => {
  const lines = wsgi(plan, 'WSGIIgnoreActivity', 'On');
  return lines.length > 0 ? locationSection(url, lines) : [];
};
