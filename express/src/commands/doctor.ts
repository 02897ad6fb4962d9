import type { Command } from './command';
import { examine } from './doctor/examine';
import { diagnosisPage } from './doctor/page';
import { type OptionSubset, parseSubset, RUNTIME_OPTIONS, runtimeChoice, subsetHelp } from './option-subset';

const subset: OptionSubset = {
  command: 'doctor',
  options: RUNTIME_OPTIONS,
  switches: [{ name: 'json', help: 'Prints the same as JSON, for programs.' }],
};

/** `doctor`: says what was found, what is missing, and what to do. Its exit status says whether serving is possible. */
export const doctor: Command = {
  name: 'doctor',
  syntax: '[--json] [options]',
  summary: 'Says which Apache, Python and modules were found, what is missing, and how to install it.',
  help: () => subsetHelp(subset),
  run: async (words) => {
    const given = parseSubset(words, subset);
    const diagnosis = await examine(runtimeChoice(given, process.cwd()));
    process.stdout.write(
      given.has('json') ? `${JSON.stringify(diagnosis, null, 2)}\n` : diagnosisPage(diagnosis),
    );
    return diagnosis.canServe ? 0 : 1;
  },
};
