import moduleTable from '../../data/httpd-modules.json';
import type { ModuleFact } from './facts';

/** Every module of httpd, and mod_wsgi. */
export const modules: readonly ModuleFact[] = [
  ...(moduleTable as readonly ModuleFact[]),
  { name: 'mod_wsgi', identifier: 'wsgi_module', sourceFile: 'mod_wsgi.c', status: 'External' },
];

/** The module with this identifier (`alias_module`) or source file (`mod_alias.c`), spelling exact as for `<IfModule>`. */
export const findModule = (name: string): ModuleFact | undefined =>
  modules.find((module) => module.identifier === name || module.sourceFile === name);
