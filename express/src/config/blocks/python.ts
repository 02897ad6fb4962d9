import type { BlockMaker } from '../block';
import { checksAccess, needsWsgi } from '../needs';
import { searchPath } from '../search-path';
import { httpdWord } from '../words';
import { wsgi } from '../wsgi-directive';

/** Which Python runs, wherever it runs. */
export const python: BlockMaker = (plan) => {
  const { settings, runtime, mode } = plan;
  const { interpreter } = settings;
  const runsInApache = mode === 'embedded' || checksAccess(plan);
  if (!needsWsgi(plan)) return { comment: '', lines: [] };
  return {
    comment: 'Python.',
    lines: [
      `WSGIPythonHome ${httpdWord(runtime.python.prefix, 'The Python environment')}`,
      ...(runsInApache
        ? [`WSGIPythonPath ${httpdWord(searchPath(settings), 'The working directory or python path')}`]
        : []),
      ...(runsInApache && interpreter.eggs
        ? wsgi(plan, 'WSGIPythonEggs', httpdWord(interpreter.eggs, 'The directory of eggs'))
        : []),
      ...(mode === 'daemon' ? wsgi(plan, 'WSGIRestrictEmbedded', 'On') : []),
      ...interpreter.warnings.flatMap((spec) =>
        wsgi(plan, 'WSGIPythonWarnings', httpdWord(spec, 'The filter of warnings')),
      ),
      ...(interpreter.switchInterval === undefined
        ? []
        : wsgi(plan, 'WSGISwitchInterval', String(interpreter.switchInterval))),
      ...(interpreter.freeThreading ? wsgi(plan, 'WSGIFreeThreading', 'On') : []),
      ...(interpreter.orphaned ? wsgi(plan, 'WSGIDestroyInterpreter', 'Off') : []),
      ...(settings.serverMetrics ? wsgi(plan, 'WSGIServerMetrics', 'On') : []),
    ],
  };
};
