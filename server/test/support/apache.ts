import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const HTTPD = '/usr/sbin/apache2';
const MODULES = '/usr/lib/apache2/modules';

/** What is missing to run Apache with these modules; undefined if nothing is. */
export const missingForApache = (modules: readonly string[]): string | undefined =>
  [HTTPD, ...modules.map((name) => `${MODULES}/mod_${name}.so`)].find((file) => !existsSync(file));

/** A running server. */
export interface Apache {
  /** The main file. */
  readonly root: string;
  stop(): Promise<void>;
}

/** Starts Apache in a folder, and waits until it answers. */
export const startApache = async (
  folder: string,
  port: number,
  modules: readonly string[],
  lines: readonly string[],
): Promise<Apache> => {
  const root = path.join(folder, 'httpd.conf');
  writeFileSync(
    root,
    [
      `ServerRoot ${folder}`,
      `DefaultRuntimeDir ${folder}`,
      'PidFile httpd.pid',
      'ErrorLog error.log',
      'ServerName localhost',
      `Listen 127.0.0.1:${port}`,
      ...modules.map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`),
      ...(process.getuid?.() === 0 ? ['User www-data', 'Group www-data'] : []),
      ...lines,
      '',
    ].join('\n'),
  );
  const httpd = spawn(HTTPD, ['-f', root, '-DFOREGROUND'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const stop = async (): Promise<void> => {
    if (httpd.exitCode !== null) return;
    const end = once(httpd, 'exit');
    httpd.kill('SIGTERM');
    await end;
  };
  try {
    await untilAnswering(port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { root, stop };
};

const untilAnswering = async (port: number): Promise<void> => {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    try {
      await fetch(`http://127.0.0.1:${port}/`, { redirect: 'manual' });
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error('httpd does not answer; what it said is above');
};
