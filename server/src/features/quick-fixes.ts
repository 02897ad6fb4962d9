import { type CodeAction, CodeActionKind, type Diagnostic } from 'vscode-languageserver';
import { SOURCE } from './diagnostics';

/** The corrections that our diagnostics carry with them. */
export const quickFixes = (uri: string, diagnostics: readonly Diagnostic[]): CodeAction[] =>
  diagnostics.flatMap((diagnostic) => {
    const replacement = replacementOf(diagnostic);
    if (replacement === undefined) return [];
    return [
      {
        title: replacement === '' ? 'Remove' : `Replace with \`${replacement}\``,
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        isPreferred: true,
        edit: { changes: { [uri]: [{ range: diagnostic.range, newText: replacement }] } },
      },
    ];
  });

const replacementOf = ({ source, data }: Diagnostic): string | undefined => {
  if (source !== SOURCE || typeof data !== 'object' || data === null) return undefined;
  const { replacement } = data as { readonly replacement?: unknown };
  return typeof replacement === 'string' ? replacement : undefined;
};
