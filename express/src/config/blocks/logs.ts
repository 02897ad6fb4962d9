import path from 'node:path';
import { UserError } from '../../../../common/src/errors';
import type { LogTarget, ServerPlan } from '../../plan';
import type { BlockMaker } from '../block';
import { httpdWord } from '../words';
import { requestLines } from './request-lines';

const FORMATS: Readonly<Record<string, string>> = {
  common: '%h %l %u %t "%r" %>s %b',
  combined: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
};

/**
 * What Apache writes a log to: the file, or a program that begins a new one when it is full. Apache takes the program's
 * words apart with rules of their own, and rotatelogs puts the time in place of percent signs.
 */
export const logDestination = (file: string, target: LogTarget, plan: ServerPlan): string => {
  const { rotatelogs, settings } = plan;
  const { rotation } = settings.logging;
  if (!rotatelogs || !rotation || target.kind !== 'file') return httpdWord(file, 'A log file');
  if (/["'\\]/.test(file + rotatelogs))
    throw new UserError({
      code: 'value-not-writable',
      message: `The log file ${file} has a quote or a backslash in its name, and cannot be rotated.`,
      action: 'Choose another --log-directory, or leave --rotate-logs out.',
    });
  const name = `${file.replaceAll('%', '%%')}.%Y-%m-%d-%H_%M_%S`;
  return httpdWord(`|"${rotatelogs}" "${name}" ${rotation.megabytes}M`, 'A log file');
};

const accessLog = (plan: ServerPlan, file: string, target: LogTarget): string[] => {
  const { accessLogFormat } = plan.settings.logging;
  const nickname = FORMATS[accessLogFormat] ? accessLogFormat : 'custom';
  return [
    `LogFormat ${httpdWord(FORMATS[accessLogFormat] ?? accessLogFormat, 'The format of the access log')} ${nickname}`,
    `CustomLog ${logDestination(file, target, plan)} ${nickname}`,
  ];
};

/** Error log and access log of the server. */
export const logs: BlockMaker = (plan, layout) => {
  const { settings } = plan;
  const { errorLogFormat } = settings.logging;
  return {
    comment:
      'Logs. Files ending in .pipe are read by mod_wsgi-express, which passes them on to its own output.',
    lines: [
      `ErrorLog ${logDestination(layout.errorLogFile, layout.errorLog, plan)}`,
      `LogLevel ${settings.logLevel}`,
      ...(errorLogFormat
        ? [`ErrorLogFormat ${httpdWord(errorLogFormat, 'The format of the error log')}`]
        : []),
      ...(layout.accessLogFile && layout.accessLog
        ? accessLog(plan, layout.accessLogFile, layout.accessLog)
        : []),
      ...requestLines(layout),
    ],
  };
};

/** Where the log of a service is: beside the error log of the server. */
export const serviceLog = (plan: ServerPlan, name: string, folder: string): string =>
  path.join(plan.settings.logDirectory ?? folder, name);
