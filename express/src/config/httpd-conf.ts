import type { ServerPlan } from '../plan';
import type { ServerRootLayout } from '../server-root/layout';
import type { Block, BlockMaker } from './block';
import { accessControl, monitoring } from './blocks/access-control';
import { capacity } from './blocks/capacity';
import { daemon } from './blocks/daemon';
import { access, staticFiles } from './blocks/files';
import { logs } from './blocks/logs';
import { mount, resourceHandlers, responses } from './blocks/mount';
import { proxyMounts } from './blocks/proxies';
import { python } from './blocks/python';
import { identity, includes, limits, listener, serverFiles, variables } from './blocks/server';
import { services } from './blocks/services';
import { virtualHosts } from './blocks/virtual-hosts';
import { type LoadedModule, modulesToLoad } from './modules';
import { needsWsgi } from './needs';
import { httpdWord } from './words';

const load = ({ identifier, file }: LoadedModule): string =>
  `LoadModule ${identifier} ${httpdWord(file, 'The path of an Apache module')}`;

const modules: BlockMaker = (plan, layout): Block => ({
  comment: 'Only what this server needs.',
  lines: [
    ...(plan.mpm.load ? [load(plan.mpm.load)] : []),
    ...modulesToLoad(plan, layout).map(load),
    ...(needsWsgi(plan) ? [load({ identifier: 'wsgi_module', file: plan.runtime.module })] : []),
  ],
});

/** The whole configuration, in the order in which httpd has to read it. */
const BLOCKS: readonly BlockMaker[] = [
  ...[serverFiles, modules, identity, listener, limits, capacity, logs],
  ...[python, daemon, services],
  ...[access, staticFiles, mount, resourceHandlers, responses, variables],
  ...[accessControl, monitoring, proxyMounts, virtualHosts, includes],
];

/**
 * The whole httpd configuration for a plan. It is complete in itself: no file of the distribution's is included, and
 * nothing is loaded that the chosen options do not need.
 *
 * @throws UserError for a value that no configuration can hold, or an Apache module that is not installed.
 */
export const httpdConfiguration = (plan: ServerPlan, layout: ServerRootLayout): string =>
  BLOCKS.map((block) => block(plan, layout))
    .filter(({ lines }) => lines.length > 0)
    .map(({ comment, lines }) => `# ${comment}\n${lines.join('\n')}\n`)
    .join('\n');
