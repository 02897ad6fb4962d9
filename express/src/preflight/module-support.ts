import type { ExpressOptionName } from '../../../common/src/express-options';
import { UsageError } from '../command-line/usage-error';
import type { ServerPlan } from '../plan';
import { DAEMON_NUMBERS } from '../settings/running';

interface ModuleNeed {
  readonly option: ExpressOptionName;
  /** The directive, or option of WSGIDaemonProcess, that the module has to know. */
  readonly word: string;
  /** Without it the server would let in, run or believe something else than what was asked for. */
  readonly matters?: true;
}

/** Options that need something which not every module has. */
const MODULE_NEEDS: readonly ModuleNeed[] = [
  { option: 'host-access-script', word: 'WSGIAccessScript', matters: true },
  { option: 'auth-user-script', word: 'WSGIAuthUserScript', matters: true },
  { option: 'auth-group-script', word: 'WSGIAuthGroupScript', matters: true },
  { option: 'trust-proxy-header', word: 'WSGITrustedProxyHeaders', matters: true },
  { option: 'trust-proxy', word: 'WSGITrustedProxies', matters: true },
  { option: 'add-handler', word: 'WSGIHandlerScript', matters: true },
  { option: 'service-script', word: 'WSGIDaemonProcess', matters: true },
  { option: 'free-threading', word: 'WSGIFreeThreading', matters: true },
  { option: 'error-override', word: 'WSGIErrorOverride' },
  { option: 'map-head-to-get', word: 'WSGIMapHEADToGET' },
  { option: 'ignore-activity', word: 'WSGIIgnoreActivity' },
  { option: 'python-warnings', word: 'WSGIPythonWarnings' },
  { option: 'python-eggs', word: 'WSGIPythonEggs' },
  { option: 'switch-interval', word: 'WSGISwitchInterval' },
  { option: 'orphan-interpreter', word: 'WSGIDestroyInterpreter' },
  { option: 'server-metrics', word: 'WSGIServerMetrics' },
];

/** The directive, or option of WSGIDaemonProcess, without which a module cannot do what an option asks for. */
export const moduleWord = (name: ExpressOptionName): string | undefined =>
  MODULE_NEEDS.find(({ option }) => option === name)?.word ??
  new Map<string, string>(Object.entries(DAEMON_NUMBERS)).get(name);

/** Numbers of process groups that Apache's own processes have too. */
const ALSO_EMBEDDED: readonly string[] = ['maximum-requests', 'socket-timeout'];

/** Options that mean nothing where the application runs in Apache's own processes. */
const DAEMON_ONLY: readonly ExpressOptionName[] = [
  ...(Object.keys(DAEMON_NUMBERS) as ExpressOptionName[]).filter((name) => !ALSO_EMBEDDED.includes(name)),
  'process-group',
  'socket-prefix',
  'ignore-activity',
  'max-clients',
  'initial-workers',
  'minimum-spare-workers',
  'maximum-spare-workers',
];

interface OptionNeed {
  readonly option: ExpressOptionName;
  readonly needs: ExpressOptionName;
  readonly matters?: true;
}

/** Options that mean nothing without another one. */
const OPTION_NEEDS: readonly OptionNeed[] = [
  { option: 'server-alias', needs: 'server-name' },
  { option: 'allow-localhost', needs: 'server-name' },
  { option: 'https-only', needs: 'https-port', matters: true },
  { option: 'hsts-policy', needs: 'https-port', matters: true },
  { option: 'ssl-ca-certificate-file', needs: 'https-port', matters: true },
  { option: 'ssl-verify-client', needs: 'ssl-ca-certificate-file', matters: true },
  { option: 'ssl-certificate', needs: 'https-port' },
  { option: 'ssl-certificate-file', needs: 'https-port' },
  { option: 'ssl-certificate-key-file', needs: 'https-port' },
  { option: 'ssl-certificate-chain-file', needs: 'https-port' },
  { option: 'ssl-environment', needs: 'https-port' },
  { option: 'access-log-format', needs: 'access-log' },
  { option: 'access-log-name', needs: 'access-log' },
  { option: 'startup-log-name', needs: 'startup-log' },
  { option: 'max-log-size', needs: 'rotate-logs' },
  { option: 'rotatelogs-executable', needs: 'rotate-logs' },
  { option: 'trust-proxy', needs: 'trust-proxy-header' },
  { option: 'auth-group', needs: 'auth-group-script' },
  { option: 'auth-type', needs: 'auth-user-script' },
];

type Checked = Pick<ServerPlan, 'settings' | 'features' | 'mode' | 'runtime' | 'mpm'>;

/**
 * What the options ask for and this module, mode or command line cannot give.
 *
 * @returns sentences about options that have no effect.
 * @throws UsageError `option-without-effect` where the site would be less protected than was asked for.
 */
export const optionsWithoutEffect = (plan: Checked): string[] => {
  const { given } = plan.settings;
  const findings = [
    ...OPTION_NEEDS.filter(({ option, needs }) => given.has(option) && !given.has(needs)).map(
      ({ option, needs, matters }) => ({ option, matters, why: `it needs --${needs}` }),
    ),
    ...MODULE_NEEDS.filter(({ option, word }) => given.has(option) && !plan.features.knows(word)).map(
      ({ option, word, matters }) => ({
        option,
        matters,
        why: `the module ${plan.runtime.module} has no ${word}`,
      }),
    ),
    ...withoutProcessGroup(plan),
    ...(plan.settings.site.http2 && plan.mpm.mpm === 'prefork'
      ? [{ option: 'http2', matters: undefined, why: 'HTTP/2 needs threads, and the MPM is prefork' }]
      : []),
  ];
  const serious = findings.find(({ matters }) => matters);
  if (serious)
    throw new UsageError({
      code: 'option-without-effect',
      message: `The option --${serious.option} would have no effect: ${serious.why}.`,
      action: serious.why.startsWith('it needs')
        ? 'Add that option, or leave this one out.'
        : 'Use another module (--module-path, or pip install mod_wsgi), or leave the option out.',
    });
  return findings.map(({ option, why }) => `The option --${option} has no effect: ${why}.`);
};

/** Findings about process groups: where there is none, and where the module's has fewer options. */
const withoutProcessGroup = ({ settings, features, mode, runtime }: Checked) => {
  const { given } = settings;
  if (mode === 'daemon')
    return Object.entries(DAEMON_NUMBERS)
      .filter(([option, word]) => given.has(option as ExpressOptionName) && !features.knows(word))
      .map(([option, word]) => ({
        option,
        matters: undefined,
        why: `the process groups of the module ${runtime.module} have no ${word}`,
      }));
  const why = settings.debugMode
    ? "in debug mode the application runs in Apache's own process"
    : settings.processes.embedded
      ? "in embedded mode the application runs in Apache's own processes"
      : `the module ${runtime.module} has no process groups`;
  return DAEMON_ONLY.filter((option) => given.has(option)).map((option) => ({
    option,
    matters: undefined,
    why,
  }));
};
