// A real httpd with one mod_wsgi module and one configuration, and what it costs: requests, processor time, memory.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { endGroup, run, start } from '../lib/process.mjs';
import { ScriptError } from '../lib/script-error.mjs';
import { freePort } from './servers.mjs';

const ANSWER_LIMIT_MS = 30_000;
const CLOCK_TICKS_PER_SECOND = 100;

/** What httpd has built in has no file. */
const LOADED = ['unixd', 'mpm_event', 'authz_core', 'alias'];

/** Where Debian and others keep httpd and its modules, as apxs says. */
const apxs = async (name) => (await run('apxs', ['-q', name])).output.trim();

const account = () => (process.getuid?.() === 0 ? 'User www-data\nGroup www-data\n' : '');

/** Enough threads for every connection, one process, so that a process is what is compared. */
const basics = (folder, port, modules, module) => `ServerName bench.example
ServerRoot "${folder}"
DefaultRuntimeDir "${folder}"
PidFile "${folder}/pid"
Listen 127.0.0.1:${port}
${LOADED.map((name) => [name, path.join(modules, `mod_${name}.so`)])
  .filter(([, file]) => existsSync(file))
  .map(([name, file]) => `LoadModule ${name}_module "${file}"`)
  .join('\n')}
LoadModule wsgi_module "${module}"
${account()}ErrorLog "${folder}/error_log"
LogLevel warn
StartServers 1
ServerLimit 1
ThreadLimit 70
ThreadsPerChild 70
MaxRequestWorkers 70
MaxKeepAliveRequests 0
KeepAlive On
<Directory />
AllowOverride None
Require all granted
</Directory>
`;

/**
 * Starts httpd and waits until it answers.
 *
 * @param {object} what
 * @param {string} what.module the mod_wsgi.so to load
 * @param {string} what.configuration what follows the basics
 * @param {string} what.folder readable for the server's account; the server root is made in it
 * @param {readonly string[]} what.urls the paths that have to answer with 200
 * @returns {Promise<{port: number, pid: number, stop: () => Promise<void>}>}
 */
export const startHttpd = async ({ module, configuration, folder, urls }) => {
  const port = await freePort();
  const root = path.join(folder, `server-${port}`);
  mkdirSync(root);
  chmodSync(root, 0o777);
  writeFileSync(
    path.join(root, 'httpd.conf'),
    basics(root, port, await apxs('LIBEXECDIR'), module) + configuration,
  );
  const program = path.join(await apxs('SBINDIR'), await apxs('PROGNAME'));
  const child = start(program, ['-DFOREGROUND', '-d', root, '-f', path.join(root, 'httpd.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let output = '';
  child.stderr.on('data', (text) => {
    output += text;
  });
  const stop = () => endGroup(child);
  for (const end = Date.now() + ANSWER_LIMIT_MS; ; await delay(20)) {
    if ((await Promise.all(urls.map((url) => answers(port, url)))).every(Boolean))
      return { port, pid: child.pid, stop };
    if (child.exitCode === null && Date.now() < end) continue;
    await stop();
    const log = readFileSync(path.join(root, 'error_log'), { encoding: 'utf8', flag: 'a+' });
    throw new ScriptError(`${module} gave no answer:\n${output}${log}`, 'See its own words above.');
  }
};

/** A redirection is no answer: it would be measured in place of the page. */
const answers = async (port, url) => {
  const response = await fetch(`http://127.0.0.1:${port}${url}`, { redirect: 'manual' }).catch(
    () => undefined,
  );
  await response?.arrayBuffer();
  return response?.status === 200;
};

/** The fields of /proc/PID/stat behind the name, which may hold anything; undefined when the process has gone. */
const statOf = (pid) => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
};

/** A process and all that it started. */
const treeOf = (root) => {
  const parents = new Map();
  for (const name of readdirSync('/proc'))
    if (/^\d+$/.test(name)) parents.set(Number(name), Number(statOf(name)?.[1]));
  const tree = [root];
  for (const pid of tree) for (const [child, parent] of parents) if (parent === pid) tree.push(child);
  return tree;
};

/** Processor time of a server's processes so far, in seconds. */
export const processorTime = ({ pid }) =>
  treeOf(pid)
    .map(statOf)
    .filter(Boolean)
    .reduce((sum, stat) => sum + Number(stat[11]) + Number(stat[12]), 0) / CLOCK_TICKS_PER_SECOND;

const residentMemory = (pid) => {
  try {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
};

/** Memory of the largest of a server's processes, the one that runs the application, in MiB. */
export const applicationMemory = ({ pid }) => Math.max(...treeOf(pid).map(residentMemory));
