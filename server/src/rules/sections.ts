import { findModule, modules } from '../catalogue/modules';
import { isStartupCondition } from '../catalogue/places';
import type { Rule } from './rule';

export const sectionNotClosed: Rule = {
  id: 'section-not-closed',
  severity: 'error',
  summary: 'A section is opened and not closed, or closed and not opened.',
  open(ruleLine, report) {
    const { line } = ruleLine;
    const { section, tag } = line;
    if (section.close || ruleLine.analysis.generated || tag.name === '') return;
    const reopened = line.sections.some(({ open }) => open.name.toLowerCase() === tag.name.toLowerCase());
    const condition = isStartupCondition(tag.name);
    const meant = reopened && tag.args.length === 0;
    report({
      range: tag.nameRange,
      // A condition that holds may end with the file; httpd minds only if it does not hold.
      severity: condition && line.sections.length === 0 ? 'warning' : 'error',
      message: `\`<${tag.name}>\` opened in line ${tag.line.firstLine + 1} is not closed.${meant ? ` Did you mean \`</${tag.name}>\`?` : ''}`,
      ...(meant && { replacement: `/${tag.name}` }),
    });
  },
  close(ruleLine, report) {
    const { line } = ruleLine;
    if (line.section || ruleLine.analysis.generated) return;
    report({
      range: line.tag.tag,
      message: `\`</${line.tag.name}>\` closes nothing: no \`<${line.tag.name}>\` is open here.`,
    });
  },
};

/** Sections that may stand without an argument. */
const WITHOUT_ARGUMENT: ReadonlySet<string> = new Set([
  'else',
  'requireall',
  'requireany',
  'requirenone',
  'wsgiinterpreteroptions',
]);

const ONE_ARGUMENT = /^(?:directory|location|files|proxy)(?:match)?$/;

export const sectionTag: Rule = {
  id: 'section-tag',
  severity: 'error',
  summary: 'A section tag is incomplete, or more follows it than Apache takes.',
  open({ line, directive }, report) {
    const { tag } = line;
    if (tag.name === '') {
      report({ range: tag.nameRange, message: 'The name must follow `<` without a space.' });
      return;
    }
    if (!directive) return;
    if (tag.bracket === undefined) {
      report({ range: tag.nameRange, message: `\`<${directive.name}\` is missing its closing \`>\`.` });
      return;
    }
    const name = directive.name.toLowerCase();
    if (tag.args.length === 0 && !WITHOUT_ARGUMENT.has(name))
      report({ range: tag.nameRange, message: `\`<${directive.name}>\` needs an argument.` });
    const first = tag.args[0];
    if (name === 'else' && first) report({ range: first, message: '`<Else>` takes no argument.' });
    const most = tag.args[0]?.value === '~' ? 2 : 1;
    const second = tag.args[most];
    if (second && ONE_ARGUMENT.test(name) && !tag.args.some(({ opaque }) => opaque))
      report({
        range: { start: second.start, end: tag.args.at(-1)?.end ?? second.end },
        message: `\`<${directive.name}>\` takes one argument; quote it if it contains spaces.`,
      });
    if (tag.trailing && name === 'ifversion')
      report({ range: tag.trailing, message: '`<IfVersion>` reads what follows its `>` as arguments.' });
  },
  close({ line }, report) {
    const { tag, section } = line;
    if (!tag.bracket) {
      report({ range: tag.tag, message: `\`</${tag.name}\` must end in \`>\` without a space before it.` });
      return;
    }
    if (tag.trailing && section && isStartupCondition(tag.name))
      report({
        range: tag.trailing,
        severity: 'warning',
        message: `Where the condition holds, Apache refuses text after \`</${tag.name}>\`; where it does not, it ignores it.`,
        replacement: '',
      });
  },
};

export const moduleNameNeverTrue: Rule = {
  id: 'ifmodule-never-true',
  severity: 'warning',
  summary: '<IfModule> compares exactly with a source file or an identifier; other spellings are never true.',
  open({ line }, report) {
    const { tag } = line;
    const word = tag.args[0];
    if (tag.name.toLowerCase() !== 'ifmodule' || !word || word.opaque) return;
    const name = word.value.replace(/^!/, '');
    if (findModule(name)) return;
    const meant = spelledOtherwise(name);
    if (meant === undefined) return;
    const bang = word.value.startsWith('!') ? '!' : '';
    const quote = word.quote ?? '';
    report({
      range: word,
      message: `No module is called \`${name}\`, so this is never true. \`<IfModule>\` compares exactly: \`${meant}\`.`,
      replacement: `${quote}${bang}${meant}${quote}`,
    });
  },
};

/** The identifier of a module that is named by file, by library or in another letter case. */
const spelledOtherwise = (name: string): string | undefined => {
  const stem = name.toLowerCase().replace(/\.(?:so|c|dll)$/, '');
  const module = modules.find(
    ({ name: known, identifier }) => known.toLowerCase() === stem || identifier?.toLowerCase() === stem,
  );
  return module?.identifier;
};
