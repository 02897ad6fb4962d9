import type { ServerPlan } from '../../plan';
import type { ServiceSettings } from '../../settings';
import { type BlockMaker, section } from '../block';
import { httpdWord } from '../words';
import { continued, pairWord, surroundings } from './daemon';
import { logDestination, serviceLog } from './logs';

/** An address that nobody listens on: its virtual host gets no request, and a service in it has a log of its own. */
const NOWHERE = '127.255.255.254:1';

const definition = (plan: ServerPlan, { name, script, user, group }: ServiceSettings): string[] => [
  ...continued([
    `WSGIDaemonProcess ${httpdWord(`service:${name}`, 'The name of a service')}`,
    'threads=0',
    ...(user ? [pairWord('user', user)] : []),
    ...(group ? [pairWord('group', group)] : []),
    ...surroundings(plan),
  ]),
  `WSGIImportScript ${httpdWord(script, 'The script of a service')} ${pairWord('process-group', `service:${name}`)} application-group=%{GLOBAL}`,
];

/** Scripts that run beside the application. */
export const services: BlockMaker = (plan, layout) => ({
  comment: 'Services: scripts in processes of their own.',
  lines: plan.settings.services.flatMap((service) => {
    const lines = definition(plan, service);
    if (!service.logFile) return lines;
    const file = serviceLog(plan, service.logFile, layout.folder);
    const log = `ErrorLog ${logDestination(file, { kind: 'file', file }, plan)}`;
    return section(`VirtualHost ${NOWHERE}`, [log, ...lines]);
  }),
});
