import type { WorkspaceSettings } from './configuration/workspace';
import type { Profile, Severity } from './rules/rule';

/** How a rule is treated instead of as the table says. */
export type RuleLevel = Severity | 'off';

/** The user's settings, as far as they concern the server. */
export interface Settings extends WorkspaceSettings {
  readonly rules: ReadonlyMap<string, RuleLevel>;
  /** The server's mod_wsgi; undefined for the latest. */
  readonly version: string | undefined;
  readonly profile: Profile;
  /** The Apache to ask; undefined for the machine's. */
  readonly httpd: string | undefined;
  /** Whether Apache is asked after each save. */
  readonly checkOnSave: boolean;
  /** Whether paths of this machine are proposed: only in workspaces that are trusted. */
  readonly paths: boolean;
}

const LEVELS: ReadonlySet<unknown> = new Set(['off', 'error', 'warning', 'information', 'hint']);

const MACHINES: ReadonlySet<unknown> = new Set(['auto', 'this', 'other']);

const PROFILES: ReadonlySet<unknown> = new Set(['production', 'debug', 'coverage']);

const isProfile = (value: unknown): value is Profile => PROFILES.has(value);

const isLevel = (value: unknown): value is RuleLevel => LEVELS.has(value);

const isMachine = (value: unknown): value is Settings['machine'] => MACHINES.has(value);

/** Settings as an editor sends them (the section `mod_wsgi`); what is not understood is taken for not given. */
export const readSettings = (sent: unknown, paths = false): Settings => {
  const { configuration, rules } = asRecord(sent);
  const { root, machine, version, profile, httpd, checkOnSave } = asRecord(configuration);
  const levels = Object.entries(asRecord(rules)).filter((entry): entry is [string, RuleLevel] =>
    isLevel(entry[1]),
  );
  return {
    root: typeof root === 'string' && root !== '' ? root : undefined,
    machine: isMachine(machine) ? machine : 'auto',
    rules: new Map(levels),
    version: typeof version === 'string' && /^\d+\.\d+/.test(version) ? version : undefined,
    paths,
    httpd: typeof httpd === 'string' && httpd !== '' ? httpd : undefined,
    checkOnSave: checkOnSave === true,
    profile: isProfile(profile) ? profile : 'production',
  };
};

const asRecord = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
