import type { TextDocument } from 'vscode-languageserver-textdocument';
import { URI } from 'vscode-uri';
import { type Analysis, analyze } from './analysis';

/** Longer texts are not looked at: no configuration is, and the editor must not wait for one. */
const LONGEST_TEXT = 8 * 1024 * 1024;

/** Analyses by document and version: each version of a text is parsed once, when something first asks about it. */
export class Analyses {
  private readonly cache = new Map<string, { version: number; analysis: Analysis }>();

  of(document: TextDocument): Analysis {
    const cached = this.cache.get(document.uri);
    if (cached?.version === document.version) return cached.analysis;
    const text = document.getText();
    const analysis = analyze(text.length > LONGEST_TEXT ? '' : text, URI.parse(document.uri).path);
    this.cache.set(document.uri, { version: document.version, analysis });
    return analysis;
  }

  forget(uri: string): void {
    this.cache.delete(uri);
  }
}
