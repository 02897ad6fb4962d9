/** pdb's commands as the debug console knows them: one table for running, completing and explaining them. */

/** What a command does; those that print a text are the agent's functions of the same name. */
export type PdbAction =
  | { readonly kind: 'where' }
  | { readonly kind: 'move'; readonly by: 1 | -1 }
  | { readonly kind: 'list' }
  | { readonly kind: 'atPlace'; readonly call: 'longList' | 'arguments' | 'interact' }
  | { readonly kind: 'ofExpression'; readonly call: 'pretty' | 'kind' | 'source' }
  | { readonly kind: 'print' }
  | { readonly kind: 'exceptions' }
  | { readonly kind: 'resume'; readonly request: 'continue' | 'next' | 'stepIn' | 'stepOut' }
  | { readonly kind: 'replay' }
  | { readonly kind: 'quit' }
  | { readonly kind: 'help' }
  | { readonly kind: 'elsewhere'; readonly where: string };

export interface PdbCommand {
  /** The usual name first. */
  readonly names: readonly string[];
  /** What stands after the name. */
  readonly takes: string;
  readonly help: string;
  readonly action: PdbAction;
}

export const PDB_COMMANDS: readonly PdbCommand[] = [
  {
    names: ['where', 'w', 'bt'],
    takes: '',
    help: 'The stack, the innermost frame last; the arrow is where the console is.',
    action: { kind: 'where' },
  },
  {
    names: ['up', 'u'],
    takes: '[count]',
    help: 'Move the console to an older frame.',
    action: { kind: 'move', by: 1 },
  },
  {
    names: ['down', 'd'],
    takes: '[count]',
    help: 'Move the console to a newer frame.',
    action: { kind: 'move', by: -1 },
  },
  {
    names: ['list', 'l'],
    takes: '[first[, last]]',
    help: 'Lines around the current one, or those that are named; a last that is smaller than first is a count.',
    action: { kind: 'list' },
  },
  {
    names: ['longlist', 'll'],
    takes: '',
    help: 'The whole function.',
    action: { kind: 'atPlace', call: 'longList' },
  },
  {
    names: ['args', 'a'],
    takes: '',
    help: 'The arguments of the function.',
    action: { kind: 'atPlace', call: 'arguments' },
  },
  { names: ['p'], takes: 'expression', help: 'The value of an expression.', action: { kind: 'print' } },
  {
    names: ['pp'],
    takes: 'expression',
    help: 'The value of an expression, laid out over lines.',
    action: { kind: 'ofExpression', call: 'pretty' },
  },
  {
    names: ['whatis'],
    takes: 'expression',
    help: 'The type of a value.',
    action: { kind: 'ofExpression', call: 'kind' },
  },
  {
    names: ['source'],
    takes: 'expression',
    help: 'The source of a function, class or module.',
    action: { kind: 'ofExpression', call: 'source' },
  },
  {
    names: ['exceptions'],
    takes: '',
    help: 'The exception with everything that led to it.',
    action: { kind: 'exceptions' },
  },
  {
    names: ['interact'],
    takes: '',
    help: "A Python interpreter with a copy of the frame's names; exit() leaves it.",
    action: { kind: 'atPlace', call: 'interact' },
  },
  {
    names: ['continue', 'cont', 'c'],
    takes: '',
    help: 'Go on.',
    action: { kind: 'resume', request: 'continue' },
  },
  {
    names: ['next', 'n'],
    takes: '',
    help: 'Go on to the next line of this function.',
    action: { kind: 'resume', request: 'next' },
  },
  {
    names: ['step', 's'],
    takes: '',
    help: 'Go on to the next line, into a call where there is one.',
    action: { kind: 'resume', request: 'stepIn' },
  },
  {
    names: ['return', 'r'],
    takes: '',
    help: 'Go on until this function returns.',
    action: { kind: 'resume', request: 'stepOut' },
  },
  {
    names: ['restart', 'run'],
    takes: '',
    help: 'Let this request go on, then send it again as it came.',
    action: { kind: 'replay' },
  },
  {
    names: ['quit', 'q', 'exit'],
    takes: '',
    help: 'Let this request end without another stop. The server goes on.',
    action: { kind: 'quit' },
  },
  {
    names: ['break', 'b', 'tbreak', 'clear', 'cl', 'disable', 'enable', 'condition', 'ignore'],
    takes: '',
    help: "Breakpoints are set in the editor's margin, and listed with their conditions in the Breakpoints view.",
    action: {
      kind: 'elsewhere',
      where:
        "Breakpoints are set in the editor's margin, and listed with their conditions in the Breakpoints view.",
    },
  },
  {
    names: ['jump', 'j'],
    takes: '',
    help: 'To go on at another line, use "Jump to Cursor" in the editor.',
    action: { kind: 'elsewhere', where: 'To go on at another line, use "Jump to Cursor" in the editor.' },
  },
  {
    names: ['display', 'undisplay'],
    takes: '',
    help: 'Values to be watched are added in the Watch view.',
    action: { kind: 'elsewhere', where: 'Values to be watched are added in the Watch view.' },
  },
  { names: ['help', 'h', '?'], takes: '[command]', help: 'This list.', action: { kind: 'help' } },
];

/** The command of a name, whichever of its names it is. */
export const pdbCommand = (name: string): PdbCommand | undefined =>
  PDB_COMMANDS.find(({ names }) => names.includes(name));

const HEAD =
  'Python, or one of the commands of pdb; a name that the frame knows is Python, and ! before an entry makes it Python:';

/** The help text: of one command, or of all. */
export const pdbHelp = (name: string): string => {
  if (name === '') return [HEAD, ...PDB_COMMANDS.map(helpLine)].join('\n');
  const command = pdbCommand(name);
  return command ? helpLine(command) : `There is no command "${name}". "help" lists them.`;
};

const helpLine = ({ names, takes, help }: PdbCommand): string =>
  `  ${`${names.join(', ')} ${takes}`.trim().padEnd(28)} ${help}`;
