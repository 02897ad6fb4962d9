import {
  defaultInWords,
  type ExpressOption,
  expressOptionGroups,
  expressOptions,
} from '../../../common/src/express-option-table';

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

/** One option as `--help` shows it. */
export const describeOption = (option: ExpressOption): string => {
  const value = option.metavar ? ` ${option.metavar}` : '';
  const notes = [
    option.choices && option.name !== 'log-level' ? `One of ${option.choices.join(', ')}.` : '',
    option.repeatable ? 'May be repeated.' : '',
    defaultInWords(option) ? `Default: ${defaultInWords(option)}.` : '',
  ];
  const text = [option.help, ...notes].filter((part) => part !== '').join(' ');
  return `  --${option.name}${value}\n${wrap(text)}`;
};

/** The options, by group, as `--help` shows them: without those that are left out on purpose. */
export const optionsHelp = (): string =>
  Object.entries(expressOptionGroups)
    .map(([group, title]) => {
      const options = expressOptions.filter((option) => option.group === group && !option.leftOut);
      return `${title}:\n${options.map(describeOption).join('\n')}`;
    })
    .join('\n\n');
