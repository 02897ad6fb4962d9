import moduleTable from '../../data/httpd-modules.json';
import type { ModuleFact } from './facts';

const modules: readonly ModuleFact[] = [
  ...(moduleTable as readonly ModuleFact[]),
  { name: 'mod_wsgi', identifier: 'wsgi_module', sourceFile: 'mod_wsgi.c', status: 'External' },
];

/** The module with this identifier (`alias_module`) or source file (`mod_alias.c`), spelling exact as for `<IfModule>`. */
export const findModule = (name: string): ModuleFact | undefined =>
  modules.find((module) => module.identifier === name || module.sourceFile === name);

/** The module with this name: `mod_alias`, `core`, … */
export const moduleNamed = (name: string): ModuleFact | undefined =>
  modules.find((module) => module.name === name);

/** True for the identifier or the source file of a module, as `<IfModule>` compares it. */
export const isNameOf = (module: ModuleFact, name: string): boolean =>
  name === module.identifier || name === module.sourceFile;
