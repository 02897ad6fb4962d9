// node check-repeatedly.mjs SERVER ROOT COUNT SECONDS: how long a check of all files takes in a process that does it again and again, at
// most so many times and about so many seconds. Each time everything is read from the disk and nothing is remembered. Prints the wall and
// processor times in ms as a JSON list.
import { createRequire } from 'node:module';
import path from 'node:path';

const [server, root, count, seconds] = process.argv.slice(2);
const program = path.join(path.dirname(server), 'programs', 'server-check.js');

process.argv = [process.argv[0], server, '--help'];
const write = process.stdout.write;
process.stdout.write = () => true;
const { check } = createRequire(import.meta.url)(program);
process.stdout.write = write;

const measured = [];
const end = performance.now() + Number(seconds) * 1000;
while (measured.length < Number(count) && (measured.length < 2 || performance.now() < end)) {
  const usage = process.cpuUsage();
  const before = performance.now();
  const status = check([root], process.cwd(), { out: () => {}, error: (text) => process.stderr.write(text) });
  const wall = performance.now() - before;
  const { user, system } = process.cpuUsage(usage);
  if (status !== 0) process.exit(1);
  measured.push({ wall, processor: (user + system) / 1000 });
}
console.log(JSON.stringify(measured));
process.exit(0);
