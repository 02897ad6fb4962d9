import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { installRoot } from '../../../common/src/install-root';
import type { ServerPlan } from '../plan';
import type { ServerRootLayout } from '../server-root/layout';

const READABLE = 0o644;

/** The script behind `--add-handler`. */
export const resourceHandlerFile = ({ folder }: Pick<ServerRootLayout, 'folder'>): string =>
  path.join(folder, 'resource', 'resource.wsgi');

/** Writes the script behind `--add-handler`, with what it has to know beside it. */
export const writeResourceHandler = (plan: ServerPlan, layout: ServerRootLayout): void => {
  const { handlers } = plan.settings.files;
  if (handlers.length === 0) return;
  const script = resourceHandlerFile(layout);
  const table = path.join(path.dirname(script), 'resource.json');
  mkdirSync(path.dirname(script), { recursive: true });
  chmodSync(path.dirname(script), 0o755);
  copyFileSync(path.join(installRoot(), 'express/python/resource_handler.py'), script);
  writeFileSync(
    table,
    `${JSON.stringify(Object.fromEntries(handlers.map(({ extension, script: file }) => [extension, file])), null, 2)}\n`,
  );
  for (const file of [script, table]) chmodSync(file, READABLE);
};
