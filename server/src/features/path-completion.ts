import { type CompletionItem, CompletionItemKind } from 'vscode-languageserver';
import type { Surroundings } from './surroundings';

/** More names than this are no help, and a folder can have a million. */
const MOST_NAMES = 500;

/** The names in the folder of a path that is being typed; empty for relative paths, which nobody can resolve here. */
export const pathProposals = (
  typed: string,
  disk: Surroundings['disk'],
): readonly Pick<CompletionItem, 'label' | 'kind' | 'command'>[] => {
  const slash = typed.lastIndexOf('/');
  if (!disk || !typed.startsWith('/')) return [];
  const folder = typed.slice(0, slash) || '/';
  const hidden = typed.slice(slash + 1).startsWith('.');
  const names = (disk.list(folder) ?? [])
    .filter((name) => hidden || !name.startsWith('.'))
    .slice(0, MOST_NAMES);
  return [...names].sort().map((name) => {
    const isFolder = disk.kind(`${folder === '/' ? '' : folder}/${name}`) === 'folder';
    return isFolder
      ? { label: `${name}/`, kind: CompletionItemKind.Folder, command: AGAIN }
      : { label: name, kind: CompletionItemKind.File };
  });
};

/** What follows a folder is proposed at once. */
const AGAIN = { title: 'Propose', command: 'editor.action.triggerSuggest' };
