import type { Command } from './command';
import { doctor } from './doctor';
import { installModule } from './install-module';
import { moduleConfig } from './module-config';
import { moduleLocation } from './module-location';
import { setupServer } from './setup-server';
import { startServer } from './start-server';

/** Every command, in the order of `--help`. */
export const commands: readonly Command[] = [
  startServer,
  setupServer,
  moduleConfig,
  moduleLocation,
  installModule,
  doctor,
];
