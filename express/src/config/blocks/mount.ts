import type { ServerPlan } from '../../plan';
import type { BlockMaker } from '../block';
import { hasApplication } from '../needs';
import { resourceHandlerFile } from '../resource-handler';
import { httpdWord } from '../words';
import { wsgi } from '../wsgi-directive';
import { pairWord } from './daemon';

/** Loaded at the start, unless its interpreter depends on the request. */
const isPreloaded = (interpreter: string): boolean =>
  !interpreter.startsWith('%{') || interpreter === '%{GLOBAL}';

const onOff = (isOn: boolean): string => (isOn ? 'On' : 'Off');

/** The application, and how requests come to it. */
export const mount: BlockMaker = (plan, { mount: { script, callable } }) => {
  if (!hasApplication(plan)) return { comment: '', lines: [] };
  const { settings, processGroup } = plan;
  const { mountPoint, interpreter } = settings.application;
  const file = httpdWord(script, 'The path of the script');
  const place = [pairWord('process-group', processGroup), pairWord('application-group', interpreter)].join(
    ' ',
  );
  const importing = isPreloaded(interpreter) ? [`WSGIImportScript ${file} ${place}`] : [];
  return {
    comment: importing.length > 0 ? 'The application, loaded when the server starts.' : 'The application.',
    lines: [
      `WSGIScriptAlias ${httpdWord(mountPoint, 'The mount point')} ${file} ${place}`,
      ...importing,
      `WSGICallableObject ${httpdWord(callable, 'The callable')}`,
      `WSGIScriptReloading ${onOff(settings.reloadsScript)}`,
      `WSGIChunkedRequest ${onOff(settings.requests.acceptsChunked || settings.debugMode)}`,
      'WSGIPassAuthorization On',
      ...requestHandling(plan),
    ],
  };
};

const requestHandling = (plan: ServerPlan): string[] => {
  const { requests, proxy } = plan.settings;
  return [
    ...(requests.mapHeadToGet ? wsgi(plan, 'WSGIMapHEADToGET', requests.mapHeadToGet) : []),
    ...(requests.overridesErrors ? wsgi(plan, 'WSGIErrorOverride', 'On') : []),
    ...(requests.usesSendfile ? wsgi(plan, 'WSGIEnableSendfile', 'On') : []),
    ...(proxy.trustedHeaders.length > 0
      ? wsgi(plan, 'WSGITrustedProxyHeaders', ...proxy.trustedHeaders)
      : []),
    ...(proxy.trustedProxies.length > 0 ? wsgi(plan, 'WSGITrustedProxies', ...proxy.trustedProxies) : []),
  ];
};

/** What Apache does with every response. */
export const responses: BlockMaker = ({ settings: { requests } }) => ({
  comment: 'Responses.',
  lines: [
    ...(requests.usesSendfile ? ['EnableSendfile On'] : []),
    ...(requests.compresses ? [`AddOutputFilterByType DEFLATE ${COMPRESSED.join(' ')}`] : []),
    ...requests.errorDocuments.map(
      ({ status, url }) => `ErrorDocument ${status} ${httpdWord(url, 'The URL of an error document')}`,
    ),
  ],
});

const COMPRESSED = [
  'text/plain',
  'text/html',
  'text/css',
  'text/xml',
  'text/javascript',
  'application/javascript',
  'application/json',
  'application/xml',
  'application/xhtml+xml',
  'image/svg+xml',
];

/** Scripts that handle files by their ending. */
export const resourceHandlers: BlockMaker = (plan, layout) => {
  const extensions = plan.settings.files.handlers.map(({ extension }) => extension);
  if (extensions.length === 0) return { comment: '', lines: [] };
  const file = httpdWord(resourceHandlerFile(layout), 'The server root');
  return {
    comment: 'Files that are handed to a script.',
    lines: [
      `WSGIHandlerScript wsgi-resource ${file} ${pairWord('process-group', plan.processGroup)} application-group=%{GLOBAL}`,
      `AddHandler wsgi-resource ${extensions.join(' ')}`,
    ],
  };
};
