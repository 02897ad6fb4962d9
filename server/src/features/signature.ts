import type { SignatureHelp } from 'vscode-languageserver';
import type { Analysis } from '../analysis';
import type { Directive } from '../catalogue/directives';
import { cursorLine, wordsOf } from './cursor';

/** The syntax of the directive under the cursor, with the argument that stands there; null outside of arguments. */
export const signatureHelp = (analysis: Analysis, offset: number): SignatureHelp | null => {
  const found = cursorLine(analysis, offset);
  if (!found?.directive || (found.line.kind !== 'directive' && found.line.kind !== 'open')) return null;
  const { line, directive } = found;
  const name = line.kind === 'directive' ? line.name : line.tag.nameRange;
  if (offset <= name.end) return null;
  const before = wordsOf(line).filter(({ end }) => end < offset).length;
  const signatures = syntaxOf(directive).map((label) => ({ label, parameters: parametersOf(label) }));
  if (signatures.length === 0) return null;
  const fitting = signatures.findIndex(({ parameters }) => parameters.length > before);
  const active = Math.max(fitting, 0);
  const most = (signatures[active]?.parameters.length ?? 1) - 1;
  return { signatures, activeSignature: active, activeParameter: Math.min(before, Math.max(most, 0)) };
};

const syntaxOf = ({ wsgi, httpd }: Directive): readonly string[] =>
  wsgi ? [wsgi.syntax] : (httpd?.syntax ?? []);

/** The arguments of a syntax line as ranges of it; what stands in brackets is one. */
const parametersOf = (syntax: string): { label: [number, number] }[] => {
  const found: { label: [number, number] }[] = [];
  const first = /^<?\S+\s*/.exec(syntax)?.[0].length ?? 0;
  let depth = 0;
  let start = -1;
  for (let at = first; at <= syntax.length; at++) {
    const character = syntax[at];
    const ends = character === undefined || (depth === 0 && (character === ' ' || character === '>'));
    if (ends && start >= 0) {
      found.push({ label: [start, at] });
      start = -1;
    } else if (!ends && start < 0) start = at;
    if (character === '[' || character === '{') depth++;
    if (character === ']' || character === '}') depth--;
  }
  return found;
};
