import { optionsHelp } from '../command-line/help';
import { parseArguments } from '../command-line/parse';
import { runServer } from '../server/run-server';
import { readSettings } from '../settings';
import type { Command } from './command';
import { setUp } from './setup-server';

/** `start-server`: generates a configuration and runs Apache with it in the foreground. */
export const startServer: Command = {
  name: 'start-server',
  syntax: '[SCRIPT|MODULE] [options]',
  summary: 'Serves a WSGI application with Apache, in the foreground.',
  help: optionsHelp,
  run: async (words) => {
    const settings = readSettings(parseArguments(words), process.cwd());
    return settings.setupOnly ? setUp(settings) : runServer(settings);
  },
};
