import { moduleLibpython } from '../../common/src/runtime/installed-module';
import type { Programs } from './programs';

/** The programs of the machine that the server runs on. */
export const localPrograms: Programs = {
  libraryOf: moduleLibpython,
};
