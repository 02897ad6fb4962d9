// Child processes of the scripts: each in a process group of its own, so that ending one ends everything it started.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** How much of a quiet command's output is kept for the message when it fails. */
const KEPT_OUTPUT = 256 * 1024;

/** Between the polite signal and the one that cannot be refused. */
const KILL_AFTER_MS = 5_000;

const running = new Set();

/** Children without a group of their own: only they themselves can be signalled. */
const inOurGroup = new WeakSet();

/** Set by a signal: children that end from then on were ended by us, and nobody is to report that as their failure. */
let ending = false;

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment of the child; this process's own where absent
 * @property {boolean} [show] the output goes to this terminal instead of being collected
 * @property {boolean} [mayAsk] it may ask for a password at this terminal, which a process group of its own could not
 * @property {number} [timeoutMs] the group is ended after this long
 * @property {(line: string) => void} [onLine] each line of output as it comes (not with `show`)
 */

/**
 * Runs a command to its end. Never rejects for the command's own failure: the result says how it ended.
 *
 * @param {string} command program name or path
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<{code: number, output: string, timedOut: boolean}>} `code` is 127 where the program does not exist,
 *   128 where a signal ended it; `output` is stdout and stderr together (its end, when long)
 */
export const run = (command, args, options = {}) =>
  new Promise((resolve) => {
    const child = start(command, args, {
      ...options,
      detached: !options.mayAsk,
      stdio: options.show ? 'inherit' : [options.mayAsk ? 'inherit' : 'ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let timedOut = false;
    const collect = (chunk) => {
      output = (output + chunk).slice(-KEPT_OUTPUT);
      if (options.onLine)
        for (const line of String(chunk).split(/\r?\n/)) if (line.trim()) options.onLine(line);
    };
    child.stdout?.setEncoding('utf8').on('data', collect);
    child.stderr?.setEncoding('utf8').on('data', collect);
    const timer = options.timeoutMs
      ? setTimeout(() => {
          timedOut = true;
          endGroup(child);
        }, options.timeoutMs)
      : undefined;
    const done = (code) => {
      clearTimeout(timer);
      if (!ending) resolve({ code, output, timedOut });
    };
    child.on('error', (error) => {
      output += String(error);
      done(127);
    });
    child.on('close', (code) => done(code ?? 128));
  });

/**
 * Starts a long-lived child, in its own process group unless told otherwise. The caller ends it with {@link endGroup}; an
 * interrupted script ends it by itself (see {@link endAllOnExit}).
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 */
export const start = (command, args, options = {}) => {
  const child = spawn(command, args, { detached: true, ...options });
  if (options.detached === false) inOurGroup.add(child);
  running.add(child);
  child.on('close', () => running.delete(child));
  child.on('error', () => running.delete(child));
  return child;
};

/**
 * Ends a child and what it started: SIGTERM to the group, SIGKILL to whatever is left of it.
 *
 * @param {import('node:child_process').ChildProcess} child
 * @returns {Promise<void>} when no process of the group is left
 */
export const endGroup = async (child) => {
  if (!signal(child, 'SIGTERM')) return;
  const deadline = Date.now() + KILL_AFTER_MS;
  while (Date.now() < deadline) {
    if (!signal(child, 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  signal(child, 'SIGKILL');
};

/** Sends a signal to a child and its group; false when nothing of them is left. */
const signal = (child, name) => {
  if (child.pid === undefined) return false;
  try {
    process.kill(inOurGroup.has(child) ? child.pid : -child.pid, name);
    return true;
  } catch {
    return false;
  }
};

/** Makes Ctrl-C and SIGTERM end every running child before this process ends with the signal's usual exit code. */
export const endAllOnExit = () => {
  const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };
  for (const [name, code] of Object.entries(exitCodes))
    process.once(name, async () => {
      ending = true;
      await Promise.all([...running].map(endGroup));
      process.exit(code);
    });
  process.on('exit', () => {
    for (const child of running) signal(child, 'SIGKILL');
  });
};

/**
 * The path of a program on PATH.
 *
 * @param {string} program
 * @returns {string | undefined}
 */
export const which = (program) =>
  (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .map((folder) => path.join(folder, program))
    .find((candidate) => existsSync(candidate));
