import type { ServerPlan } from '../../plan';
import type { BlockMaker } from '../block';
import { locationSection } from '../sections';
import { httpdWord } from '../words';

const users = ({ settings: { access }, siteName }: ServerPlan): string[] => {
  if (!access.users) return [];
  const { script, type, group } = access.users;
  return [
    `AuthType ${type}`,
    `AuthName ${httpdWord(siteName, 'The name of the site')}`,
    `Auth${type}Provider wsgi`,
    `WSGIAuthUserScript ${httpdWord(script, 'The script that checks users')}`,
    ...(group ? [`WSGIAuthGroupScript ${httpdWord(group.script, 'The script that names groups')}`] : []),
    // In addition to what holds for a file; a section for URLs would take its place otherwise.
    'AuthMerging And',
    group ? `Require wsgi-group ${httpdWord(group.name, 'The group')}` : 'Require valid-user',
  ];
};

/** Who gets in, by the user's own scripts. */
export const accessControl: BlockMaker = (plan) => {
  const { hostScript } = plan.settings.access;
  const lines = [
    ...(hostScript ? [`WSGIAccessScript ${httpdWord(hostScript, 'The script that checks clients')}`] : []),
    ...users(plan),
  ];
  return { comment: 'Who gets in.', lines: lines.length > 0 ? locationSection('/', lines) : [] };
};

/** Apache's own page about itself. */
export const monitoring: BlockMaker = ({ settings }) => ({
  comment: 'Figures about the server.',
  lines: [
    ...(settings.serverStatus || settings.serverMetrics ? ['ExtendedStatus On'] : []),
    ...(settings.serverStatus
      ? locationSection('/server-status', ['SetHandler server-status', 'Require local'])
      : []),
  ],
});
