import { lookupGroup, lookupUser } from '../../../common/src/access';
import { UserError } from '../../../common/src/errors';
import type { ServiceSettings } from '../settings';

/**
 * Checks the accounts that services run as.
 *
 * @throws UserError `user-needs-root`, `user-unknown` or `group-unknown`.
 */
export const checkServiceAccounts = async (services: readonly ServiceSettings[]): Promise<void> => {
  for (const { name, user, group } of services) {
    if ((user || group) && process.getuid?.() !== 0)
      throw new UserError({
        code: 'user-needs-root',
        message: `Only root can run the service ${name} as another user or group.`,
        action: 'Leave --service-user and --service-group out, or start the server with sudo.',
      });
    if (user && !(await lookupUser(user))) throw unknown('user', user);
    if (group && (await lookupGroup(group)) === undefined) throw unknown('group', group);
  }
};

const unknown = (what: 'user' | 'group', name: string): UserError =>
  new UserError({
    code: `${what}-unknown`,
    message: `There is no ${what} ${JSON.stringify(name)} on this machine.`,
    action: `Correct --service-${what}.`,
  });
