import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';

/** A bundle of the language server as it stands in the sources, and how to remove it. */
export interface ServerBundle {
  readonly file: string;
  remove(): Promise<void>;
}

const sources = path.join(__dirname, '..', '..', 'src');

/** Bundles the server into a folder of its own, so that the test never meets an old build. */
export const bundleServer = async (): Promise<ServerBundle> => {
  const folder = await mkdtemp(path.join(tmpdir(), 'language-server-'));
  const file = path.join(folder, 'server.js');
  await build({
    entryPoints: {
      server: path.join(sources, 'program.ts'),
      'programs/server': path.join(sources, 'main.ts'),
      'programs/server-check': path.join(sources, 'command', 'main.ts'),
    },
    outdir: folder,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
  });
  return { file, remove: () => rm(folder, { recursive: true }) };
};
