import { resolveModule } from '../../../common/src/runtime/resolve';
import type { Command } from './command';
import { moduleLines } from './module-lines';
import { type OptionSubset, parseSubset, RUNTIME_OPTIONS, runtimeChoice, subsetHelp } from './option-subset';

const subset: OptionSubset = { command: 'module-config', options: RUNTIME_OPTIONS, switches: [] };

/** `module-config`: prints the lines with which a configuration written by hand loads the module. */
export const moduleConfig: Command = {
  name: 'module-config',
  syntax: '[options]',
  summary: 'Prints the lines that load the module in an Apache configuration written by hand.',
  help: () => subsetHelp(subset),
  run: async (words) => {
    const { module, python } = await resolveModule(runtimeChoice(parseSubset(words, subset), process.cwd()));
    process.stdout.write(`${moduleLines(module, python).join('\n')}\n`);
    return 0;
  },
};
