import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installRoot } from '../../common/src/install-root';
import { makeTemporaryFolder } from '../../common/src/temporary-folder';

/** The account that the server runs as, where it is not ours. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** What the agent has to know; read once by the entry script, which removes it. */
export interface AgentSettings {
  /** The application's interpreter, for messages. */
  readonly python: string;
  readonly program?: string;
  readonly module?: string;
  readonly callable?: string;
  /** Whether to stop at the first line of the application. */
  readonly stopOnEntry: boolean;
  /** Folders to measure, or null for no coverage. */
  readonly coverageSource: readonly string[] | null;
  /** Whether debugpy is to be used. */
  readonly isLive: boolean;
  /** Where to look for debugpy when the application's environment has none, best first. */
  readonly debugpyFolders: readonly string[];
}

/** JSON's string literals are Python's too. */
const entryScript = (folder: string): string => `\
# The debug session's entry point: loads the agent, then the application under it.
import sys

__mod_wsgi_launcher__ = True
# First for the import, so that no copy of the agent in the application's own folders is taken; last afterwards.
sys.path.insert(0, ${JSON.stringify(path.join(folder, 'agent'))})
from mod_wsgi_debug.bootstrap import load
sys.path.append(sys.path.pop(0))

application = load(${JSON.stringify(path.join(folder, 'agent.json'))})
`;

/**
 * A debug session's private folder: the control socket, the agent's code, the entry script and the server root. Mode
 * 0700 and owned by the server's user, so that nobody else on the machine can speak to the agent.
 */
export class SessionFolder {
  readonly token = randomBytes(32).toString('hex');
  readonly path: string;

  constructor(private readonly owner: Owner | undefined) {
    // Short on purpose: a UNIX socket's path holds at most 107 bytes.
    this.path = makeTemporaryFolder('mod-wsgi-');
    chmodSync(this.path, 0o700);
  }

  get socket(): string {
    return path.join(this.path, 'control');
  }

  /** Where debugpy connects to. */
  get liveSocket(): string {
    return path.join(this.path, 'live');
  }

  get entryScript(): string {
    return path.join(this.path, 'entry.wsgi');
  }

  get serverRoot(): string {
    return path.join(this.path, 'server');
  }

  /**
   * Write what the server needs; called when the control socket listens.
   *
   * @param isLiveAtOnce debugpy is made ready before the application is loaded; else when something needs it.
   */
  fill({ isLive, ...settings }: AgentSettings, isLiveAtOnce: boolean): void {
    const root = installRoot();
    const agent = path.join(this.path, 'agent');
    copyModules(
      path.join(root, 'debug-adapter', 'agent', 'mod_wsgi_debug'),
      path.join(agent, 'mod_wsgi_debug'),
    );
    copyFileSync(
      path.join(root, 'common', 'python', 'request_coverage.py'),
      path.join(agent, 'request_coverage.py'),
    );
    writeFileSync(this.entryScript, entryScript(this.path));
    writeFileSync(
      path.join(this.path, 'agent.json'),
      JSON.stringify({
        ...settings,
        socket: this.socket,
        liveSocket: isLive ? this.liveSocket : null,
        isLiveAtOnce,
        token: this.token,
        folder: this.path,
      }),
      { mode: 0o600 },
    );
    if (this.owner) handOver(this.path, this.owner);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** The modules of a package; a tenth of the time that `cpSync` takes. */
const copyModules = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((name) => name.endsWith('.py')))
    copyFileSync(path.join(from, name), path.join(to, name));
};

const handOver = (folder: string, { uid, gid }: Owner): void => {
  chownSync(folder, uid, gid);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory()) handOver(file, { uid, gid });
    else chownSync(file, uid, gid);
  }
};
