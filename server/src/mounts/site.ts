import type { Configuration, Difference } from '../configuration/configuration';
import { Dependents } from '../configuration/dependents';
import type { Entry } from '../configuration/entries';
import type { Part } from '../configuration/part';
import { isSame } from '../configuration/part';
import { note, SOURCE } from '../configuration/reads';
import { groupBy } from './group-by';
import { type DaemonGroup, daemonGroupOf, type GroupIndex } from './groups';
import { type Host, virtualHostOf } from './hosts';
import { type Ground, type Mount, mountsIn } from './mounts';
import { ServerHost } from './server-host';

/** What stands in one part of a configuration. */
export class SitePart {
  constructor(
    readonly part: Part,
    readonly hosts: readonly Host[] = [],
    readonly groups: readonly DaemonGroup[] = [],
    readonly mounts: readonly Mount[] = [],
  ) {}

  /** The entries of a name, letter case ignored, `<` in front of a section. */
  of(name: string): readonly Entry[] {
    return this.part.byKey.get(name.toLowerCase()) ?? NONE;
  }
}

const NONE: readonly Entry[] = [];

/** What the rules share: hosts, daemon groups and mounts of a configuration. */
export interface Site extends Ground {
  /** The main server first. */
  readonly hosts: readonly Host[];
  readonly groups: readonly DaemonGroup[];
  /** In reading order. */
  readonly mounts: readonly Mount[];
  readonly mountsByHost: ReadonlyMap<Host, readonly Mount[]>;
  /** Those of the main server. */
  readonly serverMounts: readonly Mount[];
  /** How many mounts run in a group; in no known group where it is undefined. */
  usersOf(group: DaemonGroup | undefined): number;
  /** Everything, by the parts it stands in. */
  partOf(part: Part): SitePart;
  /** What has changed since somebody asked the last time. There is one who asks. */
  news(): SiteDifference;
}

/** What a new version has changed, for whoever has looked at an earlier one. */
export interface SiteDifference {
  readonly removed: readonly Part[];
  /** Parts that are new, or whose mounts are. */
  readonly renewed: ReadonlySet<Part>;
  /** The names of what has changed, see `SOURCE`. */
  readonly changed: ReadonlySet<string>;
}

const sites = new WeakMap<object, LiveSite>();

/** The site of a configuration, made once. Of an earlier version, what did not change since is taken over. */
export const siteOf = (configuration: Configuration): LiveSite => {
  const known = sites.get(configuration.series);
  if (known) {
    known.update(configuration);
    return known;
  }
  const site = new LiveSite(configuration);
  sites.set(configuration.series, site);
  return site;
};

/** A site that follows the versions of its configuration. */
export class LiveSite implements Site {
  readonly server: ServerHost;
  readonly groupsByName: GroupIndex = {
    get: (name) => {
      note(SOURCE.group(name));
      return this.byName.get(name);
    },
    has: (name) => {
      note(SOURCE.group(name));
      return this.byName.has(name);
    },
    keys: () => {
      note(SOURCE.groupNames);
      return this.byName.keys();
    },
  };
  private readonly parts = new Map<Part, SitePart>();
  private readonly byName = new Map<string, readonly DaemonGroup[]>();
  private readonly resolved = new Dependents<Part, Mount>((part) => mountsIn(part, this));
  private readonly users = new Map<DaemonGroup | undefined, number>();
  /** Of the groups whose mounts are counted anew. */
  private readonly usersBefore = new Map<DaemonGroup | undefined, number>();
  private current: Configuration;
  /** Undefined as long as nobody has asked. */
  private unread: { removed: Part[]; renewed: Set<Part>; changed: Set<string> } | undefined;
  private hostList: readonly Host[] | undefined;
  private groupList: readonly DaemonGroup[] | undefined;
  private mountList: readonly Mount[] | undefined;
  private serversOwn: readonly Mount[] | undefined;
  private hostMounts: ReadonlyMap<Host, readonly Mount[]> | undefined;

  constructor(configuration: Configuration) {
    this.current = configuration;
    this.server = new ServerHost(configuration);
    this.follow({ added: configuration.parts, removed: [], sources: [] });
  }

  get configuration(): Configuration {
    return this.current;
  }

  get hosts(): readonly Host[] {
    note(SOURCE.hosts);
    this.hostList ??= [this.server, ...this.current.parts.flatMap((part) => this.partOf(part).hosts)];
    return this.hostList;
  }

  get groups(): readonly DaemonGroup[] {
    note(SOURCE.groups);
    this.groupList ??= this.current.parts.flatMap((part) => this.partOf(part).groups);
    return this.groupList;
  }

  get mounts(): readonly Mount[] {
    note(SOURCE.mounts);
    this.mountList ??= this.current.parts.flatMap((part) => this.partOf(part).mounts);
    return this.mountList;
  }

  get mountsByHost(): ReadonlyMap<Host, readonly Mount[]> {
    this.hostMounts ??= groupBy(this.mounts, ({ host }) => host);
    note(SOURCE.mounts);
    return this.hostMounts;
  }

  get serverMounts(): readonly Mount[] {
    note(SOURCE.serverMounts);
    this.serversOwn ??= this.current.parts.flatMap((part) =>
      this.partOf(part).mounts.filter(({ host }) => host === this.server),
    );
    return this.serversOwn;
  }

  usersOf(group: DaemonGroup | undefined): number {
    note(SOURCE.users(group?.name));
    return this.users.get(group) ?? 0;
  }

  partOf(part: Part): SitePart {
    return this.parts.get(part) ?? new SitePart(part);
  }

  /** Goes on with a version of the configuration. */
  update(configuration: Configuration): void {
    if (configuration === this.current) return;
    const difference = configuration.differenceFrom(this.current);
    this.current = configuration;
    const { removed, renewed, changed } = this.follow(difference);
    const { unread } = this;
    if (!unread) return;
    for (const part of removed) unread.renewed.delete(part);
    for (const part of removed) unread.removed.push(part);
    for (const part of renewed) unread.renewed.add(part);
    for (const source of changed) unread.changed.add(source);
  }

  news(): SiteDifference {
    const news = this.unread;
    this.unread = { removed: [], renewed: new Set(), changed: new Set() };
    return news ?? this.unread;
  }

  private follow({ added, removed, sources }: Difference): SiteDifference {
    const changed = new Set(sources);
    this.server.update(this.current, changed);
    const before = removed.flatMap((part) => this.parts.get(part) ?? []);
    for (const part of removed) this.parts.delete(part);
    const after = added.map((part) => this.enter(part));
    this.updateGroups(before, after, changed);
    if ([...before, ...after].some(({ hosts }) => hosts.length > 0)) {
      this.hostList = undefined;
      changed.add(SOURCE.hosts);
    }
    for (const { part, mounts } of before) {
      this.resolved.forget(part);
      this.count(mounts, -1, changed);
    }
    const renewed = new Set(added);
    for (const part of this.resolved.affectedBy(changed)) {
      const old = this.parts.get(part);
      if (!old) continue;
      this.count(old.mounts, -1, changed);
      renewed.add(part);
    }
    for (const part of renewed) {
      const mounts = this.resolved.renew(part);
      const { hosts, groups } = this.partOf(part);
      this.parts.set(part, new SitePart(part, hosts, groups, mounts));
      this.count(mounts, 1, changed);
    }
    for (const [daemon, count] of this.usersBefore)
      if (count !== (this.users.get(daemon) ?? 0)) changed.add(SOURCE.users(daemon?.name));
    this.usersBefore.clear();
    return { removed, renewed, changed };
  }

  private enter(part: Part): SitePart {
    const of = (key: string): readonly Entry[] => part.byKey.get(key) ?? NONE;
    const entered = new SitePart(
      part,
      of('<virtualhost').map(virtualHostOf),
      of('wsgidaemonprocess').flatMap((entry) => daemonGroupOf(entry, this.server) ?? []),
    );
    this.parts.set(part, entered);
    return entered;
  }

  private updateGroups(before: readonly SitePart[], after: readonly SitePart[], changed: Set<string>): void {
    const gone = new Set(before.flatMap(({ groups }) => groups));
    const come = groupBy(
      after.flatMap(({ groups }) => groups),
      ({ name }) => name,
    );
    for (const name of new Set([...come.keys(), ...[...gone].map((group) => group.name)])) {
      const old = this.byName.get(name) ?? [];
      const stayed = old.filter((group) => !gone.has(group));
      const all = [...stayed, ...(come.get(name) ?? [])].sort((a, b) => a.entry.order - b.entry.order);
      if (isSame(old, all)) continue;
      changed.add(SOURCE.group(name)).add(SOURCE.groups);
      if ((old.length === 0) !== (all.length === 0)) changed.add(SOURCE.groupNames);
      if (all.length > 0) this.byName.set(name, all);
      else this.byName.delete(name);
    }
    if (changed.has(SOURCE.groups)) this.groupList = undefined;
  }

  private count(mounts: readonly Mount[], step: 1 | -1, changed: Set<string>): void {
    if (mounts.length === 0) return;
    changed.add(SOURCE.mounts);
    this.mountList = undefined;
    this.hostMounts = undefined;
    if (mounts.some(({ host }) => host === this.server)) {
      changed.add(SOURCE.serverMounts);
      this.serversOwn = undefined;
    }
    for (const { daemon } of mounts) {
      const before = this.users.get(daemon) ?? 0;
      if (!this.usersBefore.has(daemon)) this.usersBefore.set(daemon, before);
      const count = before + step;
      if (count > 0) this.users.set(daemon, count);
      else this.users.delete(daemon);
    }
  }
}
