/** What httpd says of a configuration besides its verdict. */
export interface Dump {
  /** The files it has read, as it names them. */
  readonly files: readonly string[];
  /** Identifiers of the loaded modules. */
  readonly modules: readonly string[];
  /** The lines about virtual hosts as they are. */
  readonly hosts: readonly string[];
  /** Names given with -D and by `Define`, with the value if there is one. */
  readonly defines: ReadonlyMap<string, string | undefined>;
  readonly user: string | undefined;
}

/** The defines that make httpd say what {@link parseDump} reads. */
export const DUMP_DEFINES = ['DUMP_INCLUDES', 'DUMP_MODULES', 'DUMP_VHOSTS', 'DUMP_RUN_CFG'] as const;

const HEADINGS = {
  files: 'Included configuration files:',
  hosts: 'VirtualHost configuration:',
  modules: 'Loaded Modules:',
} as const;

/** Reads the standard output of `httpd -t -D DUMP_…`; what is not there is empty. */
export const parseDump = (output: string): Dump => {
  const lines = output.split('\n').map((line) => line.trimEnd());
  const below = (heading: string, wanted: RegExp): readonly string[] => {
    const start = lines.indexOf(heading);
    if (start < 0) return [];
    const rest = lines.slice(start + 1);
    const end = rest.findIndex((line) => !wanted.test(line));
    return end < 0 ? rest : rest.slice(0, end);
  };
  const captured = (all: readonly string[], pattern: RegExp): readonly string[] =>
    all.flatMap((line) => pattern.exec(line)?.[1] ?? []);
  const defines = lines.flatMap((line): [string, string | undefined][] => {
    const [, name = '', , value] = /^Define: ([^=]+)(=(.*))?$/.exec(line) ?? [];
    return name === '' || name.startsWith('DUMP_') ? [] : [[name, value]];
  });
  return {
    files: captured(below(HEADINGS.files, /^\s+\((?:\*|\d+)\) /), /^\s+\((?:\*|\d+)\) (.+)$/),
    modules: captured(below(HEADINGS.modules, /^ \S/), /^ (\S+) \(/),
    hosts: below(HEADINGS.hosts, /^(?:\s+\S|\S+:\S+\s)/),
    defines: new Map(defines),
    user: captured(lines, /^User: name="([^"]*)"/)[0],
  };
};
