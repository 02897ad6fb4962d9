import { UserError } from '../../common/src/errors';
import { nearest } from '../../common/src/nearest';
import { isSupervised, STAND_BY } from '../../common/src/supervised';
import { expandVariables } from './command-line/expand-variables';
import { UsageError } from './command-line/usage-error';
import { commands } from './commands';
import type { Command } from './commands/command';
import { invocation } from './invocation';
import { endWithTerminal } from './server/terminal';
import { canStandBy, standBy } from './stand-by';
import { explainSystemError } from './system-error';
import { PROGRAM, version } from './version';

const overview = (): string =>
  [
    `Usage: ${invocation()} COMMAND [options]`,
    '',
    'Commands:',
    ...commands.map((command) => `  ${command.name} ${command.syntax}\n      ${command.summary}`),
    '',
    `See ${invocation()} COMMAND --help for the options of a command; --version gives the version.`,
  ].join('\n');

const commandHelp = (command: Command): string =>
  `Usage: ${invocation()} ${command.name} ${command.syntax}\n\n${command.summary}\n\n${command.help()}`;

const find = (name: string): Command => {
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const suggestion = nearest(
    name,
    commands.map((candidate) => candidate.name),
  );
  throw new UsageError({
    code: 'command-unknown',
    message: `${PROGRAM} has no command ${JSON.stringify(name)}.`,
    action: suggestion ? `Did you mean ${suggestion}?` : `See ${invocation()} --help for all commands.`,
  });
};

/** Runs one command line and returns the exit status: 1 for what is wrong on the machine, 2 for a wrong command line. */
const run = async (words: readonly string[]): Promise<number> => {
  // A program that runs the launcher means its words literally; people and shells expect them to be expanded.
  const [first, ...rest] = isSupervised() ? words : expandVariables(words, process.env);
  if (first === undefined) {
    process.stderr.write(`${overview()}\n`);
    return 2;
  }
  if (first === '--help' || first === '-h') {
    process.stdout.write(`${overview()}\n`);
    return 0;
  }
  if (first === '--version') {
    process.stdout.write(`${PROGRAM} ${version()}\n`);
    return 0;
  }
  try {
    const command = find(first);
    if (rest.includes('--help') || rest.includes('-h')) {
      process.stdout.write(`${commandHelp(command)}\n`);
      return 0;
    }
    return await command.run(rest);
  } catch (error) {
    const explained = error instanceof UserError ? error : explainSystemError(error);
    if (!explained) throw error;
    process.stderr.write(`${PROGRAM}: ${explained.toText()}\n`);
    return explained instanceof UsageError ? 2 : 1;
  }
};

const begin = async (words: readonly string[]): Promise<number> => {
  if (words[0] !== STAND_BY || !canStandBy()) return run(words);
  const ordered = await standBy();
  return ordered ? run(ordered) : 0;
};

begin(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
  endWithTerminal();
});
