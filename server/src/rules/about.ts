import { allDirectives } from '../catalogue/directives';

/** The directives that mount applications. */
export const MOUNTS = ['WSGIScriptAlias', 'WSGIScriptAliasMatch', 'SetHandler', 'AddHandler'] as const;

/** The directives that declare daemon process groups. */
export const GROUPS = ['WSGIDaemonProcess'] as const;

/** The directives that take `name=value` options. */
export const WITH_OPTIONS: readonly string[] = allDirectives.flatMap(({ name, options }) =>
  options ? [name] : [],
);
