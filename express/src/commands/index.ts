import type { Command } from './command';
import { startServer } from './start-server';

/** Every command, in the order of `--help`. */
export const commands: readonly Command[] = [startServer];
