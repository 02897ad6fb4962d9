import path from 'node:path';
import { installRoot } from './install-root';

/** A program and the arguments that come before all others. */
export interface LauncherCommand {
  readonly command: string;
  readonly args: readonly string[];
}

/** Our launcher, run by the program that runs this. */
export const bundledLauncher = (): LauncherCommand => ({
  command: process.execPath,
  args: [path.join(installRoot(), 'dist', 'mod-wsgi-express.js')],
});
