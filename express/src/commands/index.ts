import type { Command } from './command';
import { doctor } from './doctor';
import { installModule } from './install-module';
import { moduleConfig } from './module-config';
import { moduleLocation } from './module-location';
import { startServer } from './start-server';

/** Every command, in the order of `--help`. */
export const commands: readonly Command[] = [
  startServer,
  moduleConfig,
  moduleLocation,
  installModule,
  doctor,
];
