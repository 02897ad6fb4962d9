import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { Disk } from './configuration/disk';
import { localPrograms } from './local-programs';
import { startServer } from './server';

const TRANSPORTS = ['--stdio', '--node-ipc'];

/**
 * The language server for any editor: `node server.js --stdio`. It ends when its client does.
 */
const main = (): void => {
  if (!process.argv.some((argument) => TRANSPORTS.includes(argument))) {
    process.stderr.write(
      `The language server speaks with an editor, not with a person. Start it with ${TRANSPORTS.join(' or ')}, or see --help.\n`,
    );
    process.exitCode = 2;
    return;
  }
  // The library notices the end of standard input by itself, but not that of an IPC channel.
  process.on('disconnect', () => process.exit());
  const pages = path.join(__dirname, '..', '..', 'docs', 'rules');
  startServer(
    createConnection(ProposedFeatures.all),
    () => new Disk(),
    existsSync(pages) ? pathToFileURL(pages).href : undefined,
    localPrograms,
  );
};

main();
