import type { StandByOrder } from '../../common/src/supervised';

/** Whether this process has a parent that can give it orders. */
export const canStandBy = (): boolean => process.connected === true;

/**
 * Waits for the parent's order and takes over its working directory and environment.
 *
 * @returns the command line; undefined where the parent has gone without giving an order.
 */
export const standBy = async (): Promise<readonly string[] | undefined> => {
  const order = await nextOrder();
  if (!order) return undefined;
  process.disconnect();
  process.chdir(order.cwd);
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, order.env);
  return order.args;
};

const nextOrder = (): Promise<StandByOrder | undefined> =>
  new Promise((resolve) => {
    process.once('message', (order: StandByOrder) => resolve(order));
    process.once('disconnect', () => resolve(undefined));
  });
