import type { Directive } from '../catalogue/directives';
import { expandVariables } from '../syntax/variables';
import type { Machine, Server } from './machine';
import type { Macro } from './macros';
import type { ConfigNode, Origin } from './nodes';

/** Something httpd says that does not stop it. */
export interface Notice {
  /** `core:warn`, `macro:warn`, … as the log shows it. */
  readonly level: string;
  readonly text: string;
  /** Where it was said, which httpd mostly does not tell. */
  readonly origin: Origin | undefined;
}

/** A directive's handler was called. */
export interface Execution {
  /** The canonical name, `<` included. */
  readonly name: string;
  /** One raw text for RAW_ARGS. */
  readonly args: readonly string[];
  readonly raw: boolean;
  readonly origin: Origin;
  /** The section around it as written, `<` included. */
  readonly parent: string | undefined;
}

/** A variable with the place of its Define. */
export interface Definition {
  readonly name: string;
  readonly value: string | undefined;
  readonly origin: Origin | undefined;
}

/** What changes while a configuration is read. */
export class ReadState {
  serverRoot: string;
  readonly modules: Set<string>;
  /** Names that `<IfDefine>` sees: exact. */
  readonly defined = new Set<string>();
  /** Values that `${…}` sees: by lower-case name. */
  private readonly values = new Map<string, Definition>();
  readonly macros = new Map<string, Macro>();
  readonly notices: Notice[] = [];
  readonly executions: Execution[] = [];
  /** The assembled directives that stand in no section, once everything is read. */
  topNodes: readonly ConfigNode[] = [];
  /** Files read so far, in order. */
  readonly filesRead: string[] = [];

  constructor(
    readonly server: Server,
    readonly machine: Machine,
    /** Finds what a loaded or unknown module brings; see {@link knows} for whether it is loaded. */
    readonly find: (name: string) => Directive | undefined,
  ) {
    this.serverRoot = server.serverRoot;
    this.modules = new Set(server.modules);
    for (const name of server.defines) this.defined.add(name);
  }

  /** The directive or section (`<Name`) of a name, if its module is loaded by now. */
  knows(name: string): Directive | undefined {
    const directive = this.find(name);
    return directive && this.modules.has(directive.module) ? directive : undefined;
  }

  notice(level: string, text: string, origin: Origin | undefined): void {
    this.notices.push({ level, text, origin });
  }

  define(name: string, value: string | undefined, origin: Origin): void {
    this.defined.add(name);
    if (value) this.values.set(name.toLowerCase(), { name, value, origin });
  }

  undefine(name: string): void {
    this.defined.delete(name);
    this.values.delete(name.toLowerCase());
  }

  /** The value of a variable at this moment. */
  valueOf(name: string): string | undefined {
    return this.values.get(name.toLowerCase())?.value ?? this.machine.environment[name];
  }

  /** The variables that have a value at this moment. */
  get definitions(): readonly Definition[] {
    return [...this.values.values()];
  }

  /** Expands a line and notes what has no value. */
  expand(text: string, origin: Origin): string {
    return expandVariables(text, (name) => {
      const value = this.valueOf(name);
      if (value === undefined && !name.includes(':'))
        this.notice('core:warn', `AH00111: Config variable \${${name}} is not defined`, origin);
      return value;
    });
  }

  /** A path that is relative to ServerRoot as set so far. */
  rootRelative(path: string): string {
    return path.startsWith('/') ? path : `${this.serverRoot}/${path}`;
  }
}
