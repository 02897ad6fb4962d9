import { applicationProcesses, type ServerPlan } from '../../plan';
import type { ServerRootLayout } from '../../server-root/layout';
import { DAEMON_NUMBERS, type DaemonNumber } from '../../settings/running';
import type { BlockMaker } from '../block';
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

/** What a process group and a service have in common: where they run, and with which Python. */
export const surroundings = ({ settings, locale }: ServerPlan): string[] => {
  const path = groupSearchPath(settings);
  const { eggs } = settings.interpreter;
  return [
    pairWord('display-name', '%{GROUP}'),
    pairWord('home', settings.workingDirectory),
    ...(path ? [pairWord('python-path', path)] : []),
    ...(eggs ? [pairWord('python-eggs', eggs)] : []),
    ...(locale ? [pairWord('lang', locale), pairWord('locale', locale)] : []),
  ];
};

/** Numbers that mean the module's default where they are 0, and are not written then. */
const numbers = ({ settings, features }: ServerPlan): string[] =>
  Object.entries(DAEMON_NUMBERS)
    .filter(([, word]) => features.knows(word))
    .map(([option, word]) => [word, settings.processes.numbers[option as DaemonNumber]] as const)
    .filter(([word, value]) => value > 0 || /timeout$/.test(word))
    .map(([word, value]) => `${word}=${value}`);

/** The processes of the application. */
export const daemon: BlockMaker = (plan: ServerPlan, layout: ServerRootLayout) => {
  if (plan.mode !== 'daemon') return { comment: '', lines: [] };
  const { settings, processGroup, features } = plan;
  const { switchInterval } = settings.interpreter;
  return {
    comment: 'The processes of the application.',
    lines: [
      `WSGISocketPrefix ${httpdWord(socketPrefix(settings, layout.folder), 'The socket prefix')}`,
      ...wsgi(plan, 'WSGISocketRotation', 'Off'),
      ...continued([
        `WSGIDaemonProcess ${httpdWord(processGroup, 'The name of the process group')}`,
        ...(settings.processes.count === undefined ? [] : [`processes=${applicationProcesses(plan)}`]),
        `threads=${settings.threads}`,
        ...surroundings(plan),
        ...(switchInterval !== undefined && features.knows('switch-interval')
          ? [`switch-interval=${switchInterval}`]
          : []),
        ...(settings.serverMetrics ? ['server-metrics=On'] : []),
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
