import { resolveModule } from '../../../common/src/runtime/resolve';
import type { Command } from './command';
import { type OptionSubset, parseSubset, RUNTIME_OPTIONS, runtimeChoice, subsetHelp } from './option-subset';

const subset: OptionSubset = { command: 'module-location', options: RUNTIME_OPTIONS, switches: [] };

/** `module-location`: prints the path of the module that start-server would load. */
export const moduleLocation: Command = {
  name: 'module-location',
  syntax: '[options]',
  summary:
    'Prints the path of the module that start-server loads, which is built first where that is needed.',
  help: () => subsetHelp(subset),
  run: async (words) => {
    const { module } = await resolveModule(runtimeChoice(parseSubset(words, subset), process.cwd()));
    process.stdout.write(`${module}\n`);
    return 0;
  },
};
