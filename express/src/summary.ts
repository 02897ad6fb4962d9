import { serverUrl, urlHost } from '../../common/src/addresses';
import { applicationProcesses, concurrency, type LogTarget, type ServerPlan } from './plan';
import type { ServerRootLayout } from './server-root/layout';

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`;

/** Where requests run, and how many at once. */
const capacity = (plan: ServerPlan): string => {
  const { mode, mpm } = plan;
  const threads = concurrency(plan);
  const isThreaded = mode === 'daemon' || mpm.mpm !== 'prefork';
  const processes = count(applicationProcesses(plan) * (isThreaded ? 1 : threads), 'process', 'processes');
  const each = isThreaded ? `, ${count(threads, 'thread', 'threads')}` : '';
  return mode === 'daemon'
    ? `${processes}${each} behind Apache (${mpm.mpm})`
    : `${processes}${each} of Apache itself (${mpm.mpm})`;
};

const applicationIs = ({ settings: { application } }: ServerPlan): string => {
  const where = application.mountPoint === '/' ? '' : ` at ${application.mountPoint}`;
  if (application.type === 'static') return `none, the files of ${application.entry}${where}`;
  const callable = application.type === 'paste' ? '' : ` (${application.callable})`;
  return `${application.entry}${callable}${where}`;
};

const urls = ({ settings, port }: ServerPlan): string => {
  const { host, tls, site } = settings;
  const secure = tls && `https://${site.name ?? urlHost(host)}:${tls.port}/`;
  return [serverUrl(host, port), secure].filter((url) => url !== undefined).join(' and ');
};

const reloading = ({ settings }: ServerPlan): string | undefined => {
  if (settings.reloadsOnChanges) return 'when a file of an imported module changes';
  return settings.reloadsScript && settings.application.type === 'script'
    ? 'when the script itself changes (--reload-on-changes: when any module does)'
    : undefined;
};

const place = (target: LogTarget | undefined): string => {
  if (!target) return 'off';
  return target.kind === 'terminal' ? 'terminal' : target.file;
};

const debugFeatures = ({ settings, coverageDirectory, profiler, recorderDirectory }: ServerPlan): string =>
  [
    settings.debugger ? 'post mortem debugger' : '',
    settings.debuggerStartup ? 'debugger at start-up' : '',
    coverageDirectory ? `coverage to ${coverageDirectory}` : '',
    profiler ? `profile to ${profiler.directory}` : '',
    recorderDirectory ? `recordings to ${recorderDirectory}` : '',
  ]
    .filter((feature) => feature !== '')
    .join(', ') || 'on';

/** The log that was chosen, else the lines for people. */
const requestLog = ({ accessLog, requestLinePipe }: ServerRootLayout): string =>
  requestLinePipe ? 'shown here (--access-log for a log)' : place(accessLog);

/** What is about to run, one fact per line. */
export const summary = (plan: ServerPlan, layout: ServerRootLayout): string => {
  const { settings, runtime, identity } = plan;
  const rows: readonly (readonly [label: string, value: string | undefined])[] = [
    ['URL', urls(plan)],
    ['Application', applicationIs(plan)],
    ['Working directory', settings.workingDirectory],
    ['Python', `${runtime.python.version}, ${runtime.python.prefix}`],
    ['mod_wsgi', `${runtime.origin}, ${runtime.module}`],
    ['Apache', `${runtime.httpd.version}, ${runtime.httpd.executable}`],
    ['Server', `${capacity(plan)}, user ${identity.user.name}`],
    ['Debug mode', settings.debugMode ? debugFeatures(plan) : undefined],
    ['Reloading', reloading(plan)],
    ['Error log', place(layout.errorLog)],
    ['Access log', requestLog(layout)],
    ['Server root', layout.isTemporary ? `${layout.folder} (temporary)` : layout.folder],
    ['Note', runtime.note],
  ];
  return rows
    .filter(([, value]) => value !== undefined)
    .map(([label, value]) => `${label.padEnd(17)} : ${value}\n`)
    .join('');
};
