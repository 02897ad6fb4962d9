import type { Python } from '../../../common/src/runtime/python';
import { DOLLAR_VARIABLE, httpdWord } from '../config/words';

/**
 * The lines that a configuration written by hand needs to use a module. macOS does not look for a framework's library
 * by itself, so it is loaded first there.
 *
 * @throws UserError for a path that no configuration can hold.
 */
export const moduleLines = (module: string, python: Python, platform = process.platform): string[] => {
  const lines = [
    ...(platform === 'darwin' && python.libpython
      ? [`LoadFile ${httpdWord(python.libpython, "Python's library")}`]
      : []),
    `LoadModule wsgi_module ${httpdWord(module, 'The path of the module')}`,
    `WSGIPythonHome ${httpdWord(python.prefix, 'The Python environment')}`,
  ];
  const usesDollar = lines.some((line) => line.includes(DOLLAR_VARIABLE));
  return usesDollar ? [`Define ${DOLLAR_VARIABLE} $`, ...lines] : lines;
};
