import { userInfo } from 'node:os';
import { UserError } from '../../common/src/errors';

/** Why an adapter cannot attach, for each way in which that may fail: a sentence, and what to do. */

export const noServer = (where: string, why: string): UserError =>
  new UserError({
    code: 'attach-no-server',
    message: `No process waits for a debugger at ${where}: ${why}.`,
    action:
      'Start the server, and send it a request: its WSGI script calls mod_wsgi_debug.listen() when it is loaded. What prevents that is in the error log.',
  });

export const notPermitted = (where: string): UserError =>
  new UserError({
    code: 'attach-permission',
    message: `${where} is closed to ${userInfo().username}: the server runs as another user.`,
    action:
      'Have the processes run as you (WSGIDaemonProcess … user=NAME), or listen on a port: mod_wsgi_debug.listen(port=…), with "port" and "token" in launch.json.',
  });

export const unreachable = (where: string, why: string): UserError =>
  new UserError({
    code: 'attach-unreachable',
    message: `${where} cannot be reached: ${why}.`,
    action: 'Check "host" and "port", and that the port is published where the server is in a container.',
  });

export const notAnAgent = (where: string): UserError =>
  new UserError({
    code: 'attach-not-an-agent',
    message: `What answers at ${where} is no mod_wsgi_debug.`,
    action:
      'Name the port of mod_wsgi_debug.listen(), which is neither the port of the web server nor that of debugpy.',
  });

export const otherVersion = (theirs: number, ours: number): UserError =>
  new UserError({
    code: 'attach-version',
    message: `The server's copy of mod_wsgi_debug is ${theirs < ours ? 'older' : 'newer'} than this extension: it speaks version ${theirs} of the protocol, not ${ours}.`,
    action: 'Copy the agent to the server again ("mod_wsgi: Copy Debug Agent…") and restart the server.',
  });

export const noToken = (where: string): UserError =>
  new UserError({
    code: 'attach-token',
    message: `${where} asks for a token, and launch.json has none.`,
    action: 'Set "token" or "tokenFile". Where listen() was given none, the server\'s error log has it.',
  });

export const wrongToken = (where: string): UserError =>
  new UserError({
    code: 'attach-token',
    message: `The token is not that of ${where}.`,
    action: 'Set "token" to the one that listen() was given, or that the server\'s error log has.',
  });

export const impostor = (where: string): UserError =>
  new UserError({
    code: 'attach-impostor',
    message: `What listens at ${where} does not know the token: it is not the server.`,
    action: 'Find out which program has taken the port (ss -ltnp). The token itself has not been given away.',
  });

export const unreadableToken = (file: string, why: string): UserError =>
  new UserError({
    code: 'attach-token',
    message: `The token cannot be read from ${file}: ${why}.`,
    action: 'Correct "tokenFile" in launch.json.',
  });

export const refused = (code: string, message: string): UserError =>
  new UserError({
    code: `attach-${code}`,
    message: `The server refuses: ${message}.`,
    action:
      code === 'busy'
        ? 'End the other session, or wait until it ends.'
        : 'Look into the error log of the server.',
  });

export const silent = (pid: number): UserError =>
  new UserError({
    code: 'attach-silent',
    message: `Process ${pid} has let the debugger in and then did not answer.`,
    action: "It may be stuck in code that holds Python's lock. Restart it, and look into the error log.",
  });
