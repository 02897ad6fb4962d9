import {
  defaultInWords,
  type ExpressOption,
  expressOptionGroups,
  expressOptions,
} from './express-option-table';

const row = (option: ExpressOption): string => {
  const value = option.metavar ? ` ${option.metavar.replaceAll('|', '\\|')}` : '';
  const flag = `\`--${option.name}${value}\``;
  const notes = [
    option.leftOut ? `*Left out: ${option.leftOut}.*` : '',
    option.choices ? `One of ${option.choices.map((choice) => `\`${choice}\``).join(', ')}.` : '',
    option.repeatable ? 'May be repeated.' : '',
    option.origin === 'ours' ? '*Not an option of upstream.*' : '',
  ];
  const meaning = [option.help, ...notes].filter((part) => part !== '').join(' ');
  return `| ${flag} | ${meaning} | ${defaultInWords(option) ?? ''} |`;
};

/** The options of `start-server` as Markdown: one table per group, for docs/express.md. */
export const expressOptionsPage = (): string =>
  Object.entries(expressOptionGroups)
    .map(([group, title]) => {
      const rows = expressOptions.filter((option) => option.group === group).map(row);
      return [`### ${title}`, '', '| option | meaning | default |', '|---|---|---|', ...rows].join('\n');
    })
    .join('\n\n');
