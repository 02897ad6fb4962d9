import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { BaseLanguageClient } from 'vscode-languageclient';
import { MOUNTS, type MountedApplication, type MountsParams } from '../../../common/src/language-requests';
import { isConfiguration } from '../language/languages';
import type { Application } from './application';

/** The applications that Apache configurations mount. */
export type FindMounts = () => Promise<Application[]>;

/** Finds them by the language server in the configurations that are open; those whose script is not here are left out. */
export const mountsBy =
  (client: BaseLanguageClient): FindMounts =>
  async () => {
    const open = vscode.workspace.textDocuments.filter(
      (document) => isConfiguration(document) && document.uri.scheme === 'file',
    );
    const found = await Promise.all(
      open.map(async ({ uri, fileName }) => {
        const params: MountsParams = { textDocument: { uri: uri.toString() } };
        const mounts = (await client.sendRequest<readonly MountedApplication[] | null>(MOUNTS, params)) ?? [];
        return mounts
          .filter(({ script }) => existsSync(script))
          .map((mount) => applicationOf(fileName, mount));
      }),
    );
    return found.flat();
  };

const applicationOf = (
  file: string,
  { line, url, script, callable, pythonHome }: MountedApplication,
): Application => {
  const python = pythonHome && path.join(pythonHome, 'bin', 'python');
  return {
    kind: 'Apache configuration',
    file,
    folder: path.dirname(file),
    line,
    url,
    launch: {
      program: script,
      ...(callable !== 'application' && { callable }),
      ...(python && existsSync(python) && { python }),
      ...(url !== '/' && { options: { 'mount-point': url } }),
    },
  };
};
