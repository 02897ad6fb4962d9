import type { ApacheOpinion } from '../../../common/src/language-requests';
import type { Configuration } from '../configuration/configuration';
import type { WorkspaceFiles } from '../configuration/files';
import type { PlaceText } from '../features/explain/places';
import type { Opinion } from './opinion';

/** An opinion as a page: the verdict, every message with its place, and what Apache has read. */
export const opinionPage = (
  opinion: Opinion,
  configuration: Configuration,
  files: Pick<WorkspaceFiles, 'canonical'>,
  place: PlaceText,
): ApacheOpinion => {
  const { verdict, summary, action, command, program, dump } = opinion;
  const parts = [
    '# What Apache says',
    `**${summary}**`,
    action,
    command && `\`\`\`sh\n${command}\n\`\`\``,
    ...messageParts(opinion, place),
    ...section(
      'Virtual hosts',
      dump.hosts.length > 0 ? [`\`\`\`text\n${dump.hosts.join('\n')}\n\`\`\``] : [],
    ),
    // A test that fails has not read everything.
    ...section(
      'Read by one of the two only',
      verdict === 'accepted' ? differences(dump.files, configuration, files) : [],
    ),
    ...section(
      'Variables',
      [...dump.defines].map(
        ([name, value]) => `- \`${name}\`${value === undefined ? '' : ` = \`${value}\``}`,
      ),
    ),
    ...section(
      'Modules',
      dump.modules.length > 0 ? [dump.modules.map((name) => `\`${name}\``).join(', ')] : [],
    ),
    program && `Asked: \`${program.executable}\`, Apache ${program.version}.`,
  ];
  return { verdict, summary, markdown: `${parts.filter(Boolean).join('\n\n')}\n` };
};

const section = (title: string, lines: readonly string[]): readonly string[] =>
  lines.length > 0 ? [`## ${title}`, lines.join('\n')] : [];

const messageParts = ({ messages }: Opinion, place: PlaceText): readonly string[] =>
  section(
    'Messages',
    messages.map(({ severity, code, text, at, place: named }) => {
      const where = at ? place(at.file, at.line + 1) : named ? place(named.file, named.line) : 'no place';
      return `- **${severity}**${code === undefined ? '' : ` ${code}`} (${where}): ${text.replaceAll('\n', ' ')}`;
    }),
  );

/** Files that Apache has read and this server not, and the other way round: an Include that the two understand differently. */
const differences = (
  read: readonly string[],
  { files: ours, root }: Configuration,
  files: Pick<WorkspaceFiles, 'canonical'>,
): readonly string[] => {
  const theirs = new Set(read.map((file) => files.canonical(file)));
  const own = new Set([root, ...ours.keys()].map((file) => files.canonical(file)));
  return [
    ...[...theirs].filter((file) => !own.has(file)).map((file) => `- Apache only: ${file}`),
    ...[...own].filter((file) => !theirs.has(file)).map((file) => `- language server only: ${file}`),
  ];
};
