import { UserError } from './errors';
import { freePort, portHolder, portObstacle } from './ports';

/**
 * The port to listen on: the chosen one if it can be had, a free one for 0.
 *
 * @throws UserError `port-busy`, `port-privileged`, `host-not-here` or `host-unknown`.
 */
export const choosePort = async (port: number, host: string | undefined): Promise<number> => {
  const obstacle = await portObstacle(port, host);
  if (obstacle) throw explain(obstacle, port, host);
  return port === 0 ? freePort(host ?? '::').catch(() => freePort('0.0.0.0')) : port;
};

const explain = (obstacle: NodeJS.ErrnoException, port: number, host: string | undefined): UserError => {
  switch (obstacle.code) {
    case 'EADDRINUSE':
      return busy(port);
    case 'EACCES':
      return new UserError({
        code: 'port-privileged',
        message: `Port ${port} can be opened by root only.`,
        action:
          'Choose a port from 1024 on with --port (in launch.json: "port"), or start the server with sudo and --user.',
      });
    case 'EADDRNOTAVAIL':
      return new UserError({
        code: 'host-not-here',
        message: `${host} is not an address of this machine.`,
        action: 'Correct --host (in launch.json: "host"), or leave it out.',
      });
    default:
      return new UserError({
        code: 'host-unknown',
        message: `The server cannot listen on ${host ?? 'all addresses'}, port ${port}: ${obstacle.message}.`,
        action:
          'Correct --host (in launch.json: "host"); an address such as 127.0.0.1 needs no name service.',
      });
  }
};

const busy = (port: number): UserError => {
  const holder = portHolder(port);
  const by = holder ? `${holder.program}, process ${holder.pid}` : 'another process';
  return new UserError({
    code: 'port-busy',
    message: `Port ${port} is in use already, by ${by}.`,
    action:
      'Stop that process, or choose another port with --port (in launch.json: "port"); 0 takes any free one.',
  });
};
