import type { Configuration } from '../configuration/configuration';
import type { ConfigWord, Entry } from '../configuration/entries';
import type { Part } from '../configuration/part';
import { isSame } from '../configuration/part';
import { note, SOURCE } from '../configuration/reads';
import { type Host, isPerDirectory, splitServerName } from './hosts';

/** The main server: the same object for all versions of a configuration. It looks at no more of it than somebody asks for. */
export class ServerHost implements Host {
  readonly entry = undefined;
  readonly addresses: readonly string[] = [];
  readonly last = { get: (key: string): Entry | undefined => this.lastOf(key) };
  private lasts = new Map<string, Entry | undefined>();
  private lists = new Map<string, readonly Entry[]>();
  private perDirectory: readonly Entry[] | undefined;

  constructor(private configuration: Configuration) {}

  get own(): readonly Entry[] {
    return this.configuration.entries;
  }

  get sections(): readonly Entry[] {
    note(SOURCE.serverSections);
    this.perDirectory ??= this.findSections();
    return this.perDirectory;
  }

  get serverName(): ConfigWord | undefined {
    return this.lastOf('servername')?.words[0];
  }

  get name(): string | undefined {
    const { serverName } = this;
    return serverName?.known ? splitServerName(serverName.value).name.toLowerCase() : undefined;
  }

  get aliases(): readonly ConfigWord[] {
    return this.ownOf('serveralias').flatMap(({ words }) => words);
  }

  ownOf(key: string): readonly Entry[] {
    note(SOURCE.serverEntries(key));
    const known = this.lists.get(key);
    if (known) return known;
    const found = this.find(key);
    this.lists.set(key, found);
    return found;
  }

  /** Goes on with the next version of the configuration; adds what is different for this host to what has changed. */
  update(configuration: Configuration, changed: Set<string>): void {
    this.configuration = configuration;
    for (const [key, list] of this.lists) {
      if (!changed.has(SOURCE.entries(key))) continue;
      const found = this.find(key);
      if (isSame(found, list)) continue;
      this.lists.set(key, found);
      changed.add(SOURCE.serverEntries(key));
    }
    for (const [key, entry] of this.lasts) {
      if (!changed.has(SOURCE.entries(key))) continue;
      const found = this.findLast(key);
      if (found === entry) continue;
      this.lasts.set(key, found);
      changed.add(SOURCE.lastEntry(key));
    }
    if (this.perDirectory && changed.has(SOURCE.everything)) {
      const found = this.findSections();
      if (!isSame(found, this.perDirectory)) {
        this.perDirectory = found;
        changed.add(SOURCE.serverSections);
      }
    }
  }

  private lastOf(key: string): Entry | undefined {
    note(SOURCE.lastEntry(key));
    if (!this.lasts.has(key)) this.lasts.set(key, this.findLast(key));
    return this.lasts.get(key);
  }

  private find(key: string): readonly Entry[] {
    return this.configuration.peek(key).filter(({ parent }) => !parent);
  }

  private findLast(key: string): Entry | undefined {
    return this.configuration.peek(key).findLast(({ parent }) => !parent);
  }

  private findSections(): readonly Entry[] {
    return this.configuration.parts.flatMap(sectionsIn);
  }
}

const sections = new WeakMap<Part, readonly Entry[]>();

const sectionsIn = (part: Part): readonly Entry[] => {
  const known = sections.get(part);
  if (known) return known;
  const found = part.top.filter(isPerDirectory);
  sections.set(part, found);
  return found;
};
