#!/usr/bin/env node
import { existsSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { check } from './command/check';
import { Disk } from './configuration/disk';
import { localPrograms } from './local-programs';
import { startServer } from './server';

const TRANSPORTS = ['--stdio', '--node-ipc'];

/**
 * The language server for any editor: `node server.js --stdio`. It ends when its client does. With `check` it is a command that checks
 * files and ends.
 */
const main = (): void => {
  const [first, ...rest] = process.argv.slice(2);
  if (first === 'check' || first === '--help') {
    process.exitCode = check(first === 'check' ? rest : [first], process.cwd(), {
      out: (text) => process.stdout.write(text),
      error: (text) => process.stderr.write(text),
    });
    return;
  }
  if (!process.argv.some((argument) => TRANSPORTS.includes(argument))) {
    process.stderr.write(
      `The language server speaks with an editor, not with a person. Start it with ${TRANSPORTS.join(' or ')}, or see --help.\n`,
    );
    process.exitCode = 2;
    return;
  }
  // The library notices the end of standard input by itself, but not that of an IPC channel.
  process.on('disconnect', () => process.exit());
  const pages = path.join(__dirname, '..', 'docs', 'rules');
  startServer(
    createConnection(ProposedFeatures.all),
    () => new Disk(),
    existsSync(pages) ? pathToFileURL(pages).href : undefined,
    localPrograms,
  );
};

main();
