import type { ExpressOption, ExpressOptionGroup } from './option';
import { runningOptions } from './running';
import { servingOptions } from './serving';

export type { ExpressOption, ExpressOptionGroup, ExpressOptionPart, ExpressOptionType } from './option';

/**
 * Every option of `mod_wsgi-express start-server`, upstream's and ours: also those that are left out, with the reason.
 * The parser, the help, the schema and the documentation read it. What upstream has removed is not in it, except the
 * options of release 4.4.0.
 */
export const expressOptions = [...servingOptions, ...runningOptions];

/** The name of an option that exists. */
export type ExpressOptionName = (typeof expressOptions)[number]['name'];

/** The headings of the option groups, in the order in which they are shown. */
export const expressOptionGroups: Readonly<Record<ExpressOptionGroup, string>> = {
  application: 'Application',
  listener: 'Address',
  process: 'Processes',
  timeouts: 'Timeouts of the application',
  requests: 'Requests and responses',
  static: 'Files',
  tls: 'HTTPS',
  access: 'Access',
  proxy: 'Proxies',
  python: 'Python',
  environment: 'Environment',
  services: 'Services',
  logging: 'Logging',
  monitoring: 'Monitoring',
  debugging: 'Debugging',
  files: 'Server root and configuration',
  apache: 'Apache',
};

/** The default of an option as a reader sees it; undefined where there is none to speak of. */
export const defaultInWords = (option: ExpressOption): string | undefined =>
  option.defaultText ?? (option.default === undefined ? undefined : String(option.default));
