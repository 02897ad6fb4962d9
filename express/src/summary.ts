import { serverUrl } from '../../common/src/addresses';
import { concurrency, type LogTarget, type ServerPlan } from './plan';
import type { ServerRootLayout } from './server-root/layout';

const capacity = (plan: ServerPlan): string => {
  const requests = concurrency(plan);
  if (plan.mpm.mpm === 'prefork') return `prefork, ${requests === 1 ? '1 process' : `${requests} processes`}`;
  return `${plan.mpm.mpm}, 1 process, ${requests === 1 ? '1 thread' : `${requests} threads`}`;
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

/** What is about to run, one fact per line. */
export const summary = (plan: ServerPlan, layout: ServerRootLayout): string => {
  const { settings, runtime, identity } = plan;
  const { application } = settings;
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['URL', serverUrl(settings.host, plan.port)],
    ['Application', `${application.entry} (${application.callable})`],
    ['Working directory', settings.workingDirectory],
    ['Python', `${runtime.python.version}, ${runtime.python.prefix}`],
    ['mod_wsgi', `${runtime.origin}, ${runtime.module}`],
    ['Apache', `${runtime.httpd.version}, ${runtime.httpd.executable}`],
    ['Server', `${capacity(plan)}, user ${identity.user.name}`],
    ...(settings.debugMode ? [['Debug mode', debugFeatures(plan)] as const] : []),
    ['Error log', place(layout.errorLog)],
    ['Access log', place(layout.accessLog)],
    ['Server root', layout.isTemporary ? `${layout.folder} (temporary)` : layout.folder],
    ...(runtime.note ? [['Note', runtime.note] as const] : []),
  ];
  return `${rows.map(([label, value]) => `${`${label}`.padEnd(17)} : ${value}`).join('\n')}\n`;
};
