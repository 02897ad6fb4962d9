import { serverUrl } from '../../../common/src/addresses';
import { optionsHelp } from '../command-line/help';
import { parseArguments } from '../command-line/parse';
import { makePlan } from '../make-plan';
import type { ServerPlan } from '../plan';
import { checkOwnFolder, defaultServerRoot, type SetUpServer, setUpServerRoot } from '../server-root/setup';
import { readSettings, type Settings } from '../settings';
import type { Command } from './command';

/** `setup-server`: writes a directory that runs a server without this launcher. */
export const setupServer: Command = {
  name: 'setup-server',
  syntax: '[SCRIPT|MODULE] [options]',
  summary: 'Writes a directory from which Apache serves a WSGI application, without starting it.',
  help: optionsHelp,
  run: (words) => setUp(readSettings(parseArguments(words), process.cwd())),
};

/** Sets up a server; `start-server --setup-only` is the same. */
export const setUp = async (chosen: Settings): Promise<number> => {
  const serverRoot = chosen.serverRoot ?? defaultServerRoot(chosen);
  if (!chosen.serverRoot) checkOwnFolder(serverRoot);
  const plan = await makePlan({ ...chosen, serverRoot }, 'later');
  process.stdout.write(report(plan, setUpServerRoot(plan, serverRoot)));
  return 0;
};

const report = ({ settings, port }: ServerPlan, { layout, apachectl, envvars }: SetUpServer): string => {
  const rows: readonly (readonly [label: string, value: string])[] = [
    ['Server root', layout.folder],
    ['Configuration', layout.configuration],
    ['Control', `${apachectl} start|stop|restart|graceful|status|configtest`],
    ['Environment', `${envvars} (yours to change)`],
    ['URL', `${serverUrl(settings.host, port)} once it is started`],
  ];
  return `${rows.map(([label, value]) => `${label.padEnd(17)} : ${value}`).join('\n')}\n`;
};
