import { findModule } from '../catalogue/modules';
import type { Origin } from './nodes';
import type { ReadState } from './state';

/** `LoadModule IDENTIFIER FILE`: from here on the module's directives are known. */
export const loadModule = (
  state: ReadState,
  identifier: string,
  file: string,
  origin: Origin,
): string | undefined => {
  const path = state.rootRelative(file);
  const module = findModule(identifier);
  if (module && state.modules.has(module.name)) {
    state.notice('so:warn', `AH01574: module ${identifier} is already loaded, skipping`, origin);
    return undefined;
  }
  if (state.machine.files.kind(path) === undefined)
    return `Cannot load ${file} into server: ${path}: cannot open shared object file: No such file or directory`;
  const exported = state.machine.modulesIn(path);
  if (exported && !exported.includes(identifier))
    return `Can't locate API module structure \`${identifier}' in file ${path}: ${path}: undefined symbol: ${identifier}`;
  state.modules.add(module?.name ?? identifier);
  if (module?.status === 'MPM') state.modules.add('mpm_common');
  return undefined;
};
