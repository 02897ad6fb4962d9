import type { ServerPlan } from '../plan';

/** Whether Apache serves files itself, beside the application. */
export const servesFiles = ({ settings: { application, files } }: ServerPlan): boolean =>
  application.type === 'static' ||
  application.mountPoint !== '/' ||
  files.documentRoot !== undefined ||
  files.aliases.length > 0;

/** Whether URLs without a mapping of their own are looked up in a document root. */
export const hasDocumentRoot = ({ settings: { application, files } }: ServerPlan): boolean =>
  application.type === 'static' || application.mountPoint !== '/' || files.documentRoot !== undefined;

/** Whether there is an application, in any process. */
export const hasApplication = ({ settings }: ServerPlan): boolean => settings.application.type !== 'static';

/** Whether Python runs in Apache's own processes although the application may not: scripts that decide who gets in. */
export const checksAccess = ({ settings: { access } }: ServerPlan): boolean =>
  access.hostScript !== undefined || access.users !== undefined;

/** Whether the mod_wsgi module is needed at all. */
export const needsWsgi = (plan: ServerPlan): boolean =>
  hasApplication(plan) ||
  checksAccess(plan) ||
  plan.settings.services.length > 0 ||
  plan.settings.files.handlers.length > 0;

/** Whether requests for some URLs are passed on to other servers. */
export const proxies = ({ settings: { proxy } }: ServerPlan): boolean =>
  proxy.mountPoints.length > 0 || proxy.virtualHosts.length > 0;
