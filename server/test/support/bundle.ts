import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

/** A bundle of the language server as it stands in the sources, and how to remove it. */
export interface ServerBundle {
  readonly file: string;
  remove(): Promise<void>;
}

/** Bundles the server into a folder of its own, so that the test never meets an old build. */
export const bundleServer = async (): Promise<ServerBundle> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'language-server-'));
  const file = path.join(folder, 'server.js');
  await build({
    entryPoints: [path.join(__dirname, '..', '..', 'src', 'main.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
  });
  return { file, remove: () => rm(folder, { recursive: true }) };
};
