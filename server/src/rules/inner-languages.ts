import type { Analysis } from '../analysis';
import { checkExpression } from '../model/expression/check';
import { patternProblem } from '../patterns/pattern';
import { certainWords } from './arguments';
import { expressionsIn, WITH_EXPRESSIONS } from './expression-arguments';
import { patternsIn, patternsInSection, WITH_PATTERNS } from './pattern-arguments';
import type { Rule, RuleLine } from './rule';
import type { WrittenLine } from './written';

/** The line, if it is certain which words it has. */
const writtenLine = (ruleLine: RuleLine<'directive'>): WrittenLine | undefined => {
  const words = certainWords(ruleLine);
  const { analysis, place } = ruleLine;
  return words && { words, source: analysis.tree.text, hasUrl: place === 'location' };
};

/** What Apache does with a line that it cannot read. */
const consequence = ({ dialect }: Analysis): string =>
  dialect === '.htaccess'
    ? 'Every request below this directory will fail with 500.'
    : 'Apache will refuse it.';

export const invalidExpression: Rule = {
  id: 'invalid-expression',
  severity: 'error',
  summary: 'A condition is no expression.',
  about: WITH_EXPRESSIONS,
  directive(ruleLine, report) {
    const line = writtenLine(ruleLine);
    if (!line) return;
    for (const { text, start, end } of expressionsIn(ruleLine.directive?.name ?? '', line)) {
      const problem = checkExpression(text);
      if (problem === undefined) continue;
      const message = `Apache cannot parse this condition: ${problem}. ${consequence(ruleLine.analysis)}`;
      report({ range: { start, end }, message });
    }
  },
  open({ line, analysis }, report) {
    const { tag } = line;
    const [word, extra] = tag.args;
    if (!/^(?:if|elseif)$/i.test(tag.name) || !word || word.opaque || analysis.tree.template) return;
    if (line.sections.some(({ open }) => open.name.toLowerCase() === 'macro')) return;
    const problem = checkExpression(word.value);
    if (problem === undefined) return;
    const hint =
      extra && word.quote === undefined
        ? ' Quote the whole expression: Apache reads only its first word.'
        : '';
    report({ range: word, message: `Apache cannot parse this condition: ${problem}.${hint}` });
  },
};

/** Of `ProxyHTMLURLMap`, whose patterns the configuration test does not look at: seen with httpd 2.4.71. */
const CRASHES = 'Apache starts all the same, and its process crashes at the first page that it changes.';

export const invalidRegex: Rule = {
  id: 'invalid-regex',
  severity: 'error',
  summary: 'A pattern is no regular expression.',
  about: WITH_PATTERNS,
  directive(ruleLine, report) {
    const line = writtenLine(ruleLine);
    const { name = '' } = ruleLine.directive ?? {};
    if (!line) return;
    for (const { text, start, end } of patternsIn(name, line)) {
      const problem = patternProblem(text);
      if (problem === undefined) continue;
      const then = name === 'ProxyHTMLURLMap' ? CRASHES : consequence(ruleLine.analysis);
      report({ range: { start, end }, message: `This is no regular expression: ${problem}. ${then}` });
    }
  },
  open({ line: { tag }, directive, inMacro, analysis }, report) {
    if (inMacro) return;
    const line = { words: tag.args, source: analysis.tree.text, hasUrl: false };
    for (const { text, start, end } of patternsInSection(directive?.name ?? '', line)) {
      const problem = patternProblem(text);
      if (problem === undefined) continue;
      const message = `This is no regular expression: ${problem}. ${consequence(analysis)}`;
      report({ range: { start, end }, message });
    }
  },
};
