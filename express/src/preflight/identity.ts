import {
  currentUser,
  groupName,
  lookupGroup,
  lookupUser,
  proposedServerUser,
  type SystemUser,
} from '../../../common/src/access';
import { UserError } from '../../../common/src/errors';
import type { ServerIdentity } from '../plan';
import type { Settings } from '../settings';

const ROOT = 0;

/**
 * Who the server will run as: the chosen user where root starts it, the one who starts it otherwise.
 *
 * @throws UserError `root-needs-user`, `user-unknown`, `group-unknown` or `user-needs-root`.
 */
export const resolveIdentity = async (
  settings: Pick<Settings, 'user' | 'group'>,
): Promise<ServerIdentity> => {
  const starter = currentUser().uid;
  const user = await lookupUser(settings.user ?? String(starter));
  if (!user) throw unknown('user', settings.user ?? String(starter));
  const gid = settings.group === undefined ? user.gid : await lookupGroup(settings.group);
  if (gid === undefined) throw unknown('group', settings.group ?? '');
  if (starter === ROOT && (user.uid === ROOT || gid === ROOT)) throw await rootNeedsUser();
  if (
    starter !== ROOT &&
    (user.uid !== starter || (settings.group !== undefined && gid !== process.getgid?.()))
  )
    throw needsRoot(settings);
  const group = { name: await groupName(gid), gid };
  return { user: withGroup(user, gid), group, isSwitched: starter === ROOT };
};

const withGroup = (user: SystemUser, gid: number): SystemUser =>
  user.gids.includes(gid) ? user : { ...user, gids: [gid, ...user.gids] };

const rootNeedsUser = async (): Promise<UserError> => {
  const proposed = await proposedServerUser();
  const options = proposed
    ? `--user ${proposed.name} --group ${await groupName(proposed.gid)}`
    : '--user NAME --group NAME with an account that is not root';
  return new UserError({
    code: 'root-needs-user',
    message: 'The server was started by root, and Apache refuses to run applications as root.',
    action: `Add ${options}, or start it as an ordinary user.`,
  });
};

const unknown = (what: 'user' | 'group', name: string): UserError =>
  new UserError({
    code: `${what}-unknown`,
    message: `There is no ${what} ${JSON.stringify(name)} on this machine.`,
    action: `Correct --${what}.`,
  });

const needsRoot = ({ user, group }: Pick<Settings, 'user' | 'group'>): UserError =>
  new UserError({
    code: 'user-needs-root',
    message: `Only root can start a server as another user or group (${[user, group].filter(Boolean).join(', ')}).`,
    action: 'Leave --user and --group out: the server then runs as you. Or start it with sudo.',
  });
