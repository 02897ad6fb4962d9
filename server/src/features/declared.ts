import type { Analysis } from '../analysis';
import type { Configuration } from '../configuration/configuration';
import { lineAt } from '../syntax/walk';
import { plainPlace } from './explain/places';
import type { Explanation } from './hover';
import { type NameKind, nameAt } from './names';
import { declarationsOf, type LocatedName } from './navigation';

/** Kinds that say more of themselves elsewhere: a variable by its value, a module by the catalogue. */
const TOLD_ELSEWHERE: ReadonlySet<NameKind> = new Set<NameKind>(['variable', 'module']);

/** Of a macro so many lines are shown. */
const MOST_LINES = 15;

/** What the name under an offset stands for: the directive that declares it, and where that is; undefined where the name is declared itself. */
export const declaredNote = (
  configuration: Configuration,
  file: string,
  analysis: Analysis,
  offset: number,
): Explanation | undefined => {
  const name = nameAt(analysis, offset);
  if (!name || name.role === 'declaration' || TOLD_ELSEWHERE.has(name.kind)) return undefined;
  const declared = declarationsOf(configuration, file, analysis, offset);
  if (declared.length === 0) return undefined;
  const markdown = declared
    .map((each) => textOf(each, configuration.files.get(each.file)?.analysis ?? analysis))
    .join('\n\n');
  return { range: { start: name.start, end: name.end }, markdown };
};

const lineNumberAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length;

const textOf = ({ file, start, kind }: LocatedName, { tree, lines }: Analysis): string => {
  const line = lineAt(lines, start);
  const { start: from, end: to } = (line?.kind === 'open' ? line.section : line) ?? { start, end: start };
  const written = tree.text.slice(from, to).trimEnd().split(/\r?\n/);
  const shown = written.length > MOST_LINES ? [...written.slice(0, MOST_LINES), '…'] : written;
  const at = plainPlace(file, lineNumberAt(tree.text, from));
  return `The ${kind} is declared in ${at}:\n\n\`\`\`apacheconf\n${shown.join('\n')}\n\`\`\``;
};
