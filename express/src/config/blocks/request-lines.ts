import { REQUEST_LINE_FORMAT } from '../../server/request-line';
import type { ServerRootLayout } from '../../server-root/layout';
import { httpdWord } from '../words';

/** The log from which the launcher makes request lines for people. */
export const requestLines = ({ requestLinePipe }: ServerRootLayout): string[] =>
  requestLinePipe === undefined
    ? []
    : [
        `LogFormat ${httpdWord(REQUEST_LINE_FORMAT, 'The format of the request lines')} request_line`,
        `CustomLog ${httpdWord(requestLinePipe, 'The pipe of the request lines')} request_line`,
      ];
