import {
  type ExpressOption,
  type ExpressOptionGroup,
  expressOptions,
} from '../../../common/src/express-options';

/** The headings of the option groups, in the order in which they are shown. */
export const groupTitles: Readonly<Record<ExpressOptionGroup, string>> = {
  application: 'Application',
  listener: 'Address',
  process: 'Process',
  files: 'Files',
  apache: 'Apache',
  debugging: 'Debugging',
  logging: 'Logging',
};

const WIDTH = 100;
const INDENT = ' '.repeat(6);

const wrap = (text: string): string => {
  const lines: string[] = [];
  let line = INDENT;
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > WIDTH && line.trim() !== '') {
      lines.push(line);
      line = INDENT;
    }
    line += line === INDENT ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
};

/** The default of an option as a reader sees it; undefined where there is none to speak of. */
export const defaultOf = (option: ExpressOption): string | undefined =>
  option.defaultText ?? (option.default === undefined ? undefined : String(option.default));

const describeOption = (option: ExpressOption): string => {
  const value = option.metavar ? ` ${option.metavar}` : '';
  const notes = [
    option.choices && option.name !== 'log-level' ? `One of ${option.choices.join(', ')}.` : '',
    option.repeatable ? 'May be repeated.' : '',
    defaultOf(option) ? `Default: ${defaultOf(option)}.` : '',
  ];
  const text = [option.help, ...notes].filter((part) => part !== '').join(' ');
  return `  --${option.name}${value}\n${wrap(text)}`;
};

/** The options, by group, as `--help` shows them. */
export const optionsHelp = (): string =>
  Object.entries(groupTitles)
    .map(([group, title]) => {
      const options = expressOptions.filter((option) => option.group === group);
      return `${title}:\n${options.map(describeOption).join('\n')}`;
    })
    .join('\n\n');
