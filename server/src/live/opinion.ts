import { UserError } from '../../../common/src/errors';
import type { ApacheOpinion } from '../../../common/src/language-requests';
import { findModule } from '../catalogue/modules';
import { type Configuration, entriesOf } from '../configuration/configuration';
import type { WorkspaceFiles } from '../configuration/files';
import { absolute } from '../features/links';
import type { ApacheProgram, ProgramEnd, Programs } from '../programs';
import { DUMP_DEFINES, type Dump, parseDump } from './dump';
import { type LearnedDirectives, parseDirectives } from './known-directives';
import { parseMessages } from './messages';
import { type PlacedMessage, placeMessages } from './placing';

/** What Apache has said of a configuration on the disk. */
export interface Opinion {
  readonly verdict: ApacheOpinion['verdict'];
  /** One sentence. */
  readonly summary: string;
  /** What to do where nobody could be asked. */
  readonly action: string | undefined;
  readonly messages: readonly PlacedMessage[];
  readonly dump: Dump;
  /** Directives of modules that the catalogue has never heard of. */
  readonly learned: LearnedDirectives;
  /** As it could be typed; undefined if nothing was run. */
  readonly command: string | undefined;
  readonly program: ApacheProgram | undefined;
}

const NOTHING: Pick<Opinion, 'action' | 'messages' | 'dump' | 'learned' | 'command' | 'program'> = {
  action: undefined,
  messages: [],
  dump: parseDump(''),
  learned: new Map(),
  command: undefined,
  program: undefined,
};

/** An opinion that nobody could give. */
export const unavailable = (summary: string, action: string): Opinion => ({
  ...NOTHING,
  verdict: 'unavailable',
  summary,
  action,
});

/** What is asked about, and with what. */
export interface Question {
  readonly configuration: Configuration;
  readonly files: WorkspaceFiles;
  readonly programs: Programs;
  /** The program to ask; undefined for the machine's. */
  readonly httpd: string | undefined;
  readonly signal: AbortSignal;
}

/** Lets Apache read the configuration on the disk and stop there: no port is opened, no process is left. */
export const askApache = async (question: Question): Promise<Opinion> => {
  const { configuration, programs, httpd } = question;
  if (!configuration.rooted)
    return unavailable(
      'Apache can only be asked about a whole configuration, and no main file is known for this one.',
      'Name the main file in the setting `mod_wsgi.configuration.root`.',
    );
  try {
    const program = await programs.findApache(httpd);
    const [test, learned] = await Promise.all([testWith(program, question), learn(program, question)]);
    return { ...test, learned };
  } catch (error) {
    if (error instanceof UserError) return unavailable(error.message, actionFor(error));
    throw error;
  }
};

/** What to do, in an editor and not at a command line. */
const actionFor = ({ code, action }: UserError): string =>
  code === 'httpd-missing'
    ? 'Install Apache, or name its program in the setting `mod_wsgi.configuration.httpd`.'
    : action;

/** The variables that the service exports before it starts Apache. */
const environmentOf = ({ definitions }: Configuration): Readonly<Record<string, string>> =>
  Object.fromEntries(
    definitions.flatMap(({ name, value, at }) => (at || value === undefined ? [] : [[name, value]])),
  );

const testWith = async (
  program: ApacheProgram,
  { configuration, files, programs, signal }: Question,
): Promise<Omit<Opinion, 'learned'>> => {
  const { root, serverRoot } = configuration;
  const args = ['-t', '-d', serverRoot, '-f', root, ...DUMP_DEFINES.flatMap((name) => ['-D', name])];
  const end = await programs.run(program.executable, args, {
    environment: environmentOf(configuration),
    signal,
  });
  const command = `${program.executable} -t -d ${serverRoot} -f ${root}`;
  if (end.why) return { ...gaveUp(program, end.why), command, program };
  const failed = end.exitCode !== 0;
  const messages = placeMessages(parseMessages(end.stderr, failed), configuration, files);
  return {
    verdict: failed ? 'refused' : 'accepted',
    summary: summaryOf(program, failed, messages),
    action: undefined,
    messages,
    dump: parseDump(end.stdout),
    command,
    program,
  };
};

const gaveUp = ({ executable }: ApacheProgram, [happened, action]: NonNullable<ProgramEnd['why']>): Opinion =>
  unavailable(`${executable} did not finish the configuration test: ${happened}.`, action);

const summaryOf = (
  { version }: ApacheProgram,
  failed: boolean,
  messages: readonly PlacedMessage[],
): string => {
  const error = messages.find(({ severity }) => severity === 'error');
  if (failed) return `Apache ${version} refuses the configuration: ${error?.text ?? 'it does not say why'}.`;
  const count = messages.length;
  return `Apache ${version} accepts the configuration${count === 0 ? '' : `, with ${count} warning${count === 1 ? '' : 's'}`}.`;
};

/** Asks the modules that the catalogue does not know for their directives; a broken configuration does not matter. */
const learn = async (program: ApacheProgram, question: Question): Promise<LearnedDirectives> => {
  const { configuration, programs, signal } = question;
  const loads = entriesOf(configuration, 'LoadModule').filter(({ words }) => words.length === 2);
  const strangers = loads.filter(({ words: [name] }) => name && !findModule(name.value));
  if (strangers.length === 0) return new Map();
  const text = [
    `ServerRoot "${configuration.serverRoot}"`,
    // The list is only printed where the folder of the log is there.
    'ErrorLog "/dev/null"',
    ...loads.map(
      ({ words: [name, path] }) =>
        `LoadModule ${name?.value} "${absolute(configuration, path?.value ?? '')}"`,
    ),
  ].join('\n');
  const end: ProgramEnd = await programs.withFile(`${text}\n`, (file) =>
    programs.run(program.executable, ['-L', '-f', file], {
      environment: environmentOf(configuration),
      signal,
    }),
  );
  return end.exitCode === 0 ? parseDirectives(end.stdout) : new Map();
};
