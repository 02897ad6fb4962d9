import { wordTable } from '../../../../common/src/word-table';
import { nearest } from '../../catalogue/nearest';
import { entriesOf } from '../../configuration/configuration';
import type { ConfigWord, Entry } from '../../configuration/entries';
import { numberOption } from '../../mounts/groups';
import type { Mount } from '../../mounts/mounts';
import { folderOf } from '../../mounts/sections';
import type { Site } from '../../mounts/site';
import { GROUPS, MOUNTS } from '../about';
import { accountsOf } from '../accounts';
import { deniedFolder, mayRead } from '../permissions';
import { type PythonScript, readPythonScript } from '../python-script';
import type { Rule, TargetMachine } from '../rule';
import { appendWords, insertAbove, isOn, mountPlace, replaceWord, scriptOf } from './common';

/** A mount whose script could be read. */
interface ScriptedMount {
  readonly mount: Mount;
  readonly path: string;
  readonly script: PythonScript;
}

const scripted = (
  { mounts }: Pick<Site, 'mounts'>,
  machine: TargetMachine | undefined,
): readonly ScriptedMount[] =>
  (machine ? mounts : []).flatMap((mount) => {
    const path = scriptOf(mount);
    const text = path === undefined || machine?.kind(path) !== 'file' ? undefined : machine.read(path);
    return path === undefined || text === undefined ? [] : [{ mount, path, script: readPythonScript(text) }];
  });

const PLAUSIBLE = ['application', 'app', 'wsgi', 'wsgi_app'];

export const callableMissing: Rule = {
  id: 'callable-missing',
  severity: 'error',
  summary: 'The script does not define the callable.',
  needs: 'machine',
  about: MOUNTS,
  part(context, report) {
    for (const { mount, path, script } of scripted(context.part, context.machine)) {
      const { value, known, word } = mount.callable;
      if (!known || value.startsWith('%{') || /[.()]/.test(value) || script.binds(value)) continue;
      const found = PLAUSIBLE.find((name) => script.binds(name)) ?? nearest(value, script.names);
      report({
        at: word ?? mount.script ?? mountPlace(mount),
        message: `\`${path}\` does not define \`${value}\`${found ? ` (but \`${found}\`)` : ''}: 500 in daemon mode, 404 in embedded mode.`,
        ...(found && {
          fixes: word ? [replaceWord(word, found)] : appendWords(mount.entry, `callable-object=${found}`),
        }),
      });
    }
  },
};

export const startupTimeoutDjango: Rule = {
  id: 'startup-timeout-unset-django',
  severity: 'hint',
  summary: 'A Django process that failed to start stays broken without startup-timeout.',
  needs: 'machine',
  about: MOUNTS,
  part(context, report) {
    for (const { mount, script } of scripted(context.part, context.machine))
      if (
        mount.daemon &&
        /\bget_wsgi_application\b/.test(script.text) &&
        !mount.daemon.entry.options.has('startup-timeout')
      )
        report({
          at: mount.daemon.nameWord,
          message:
            "If Django fails once at start, this process repeats `populate() isn't reentrant` until it is restarted.",
          fixes: appendWords(mount.daemon.entry, 'startup-timeout=15'),
        });
  },
};

const RELATIVE_PATH =
  /\b(?:open|FileHandler|RotatingFileHandler|Path|sqlite3\.connect)\(\s*["'](?!\/|[A-Za-z]:|https?:)([^"'\n]+)["']/;

export const relativePaths: Rule = {
  id: 'home-unset-relative-paths',
  severity: 'hint',
  summary: 'The script opens a relative path, and the group has no home.',
  needs: 'machine',
  about: MOUNTS,
  part(context, report) {
    for (const { mount, path, script } of scripted(context.part, context.machine)) {
      const found = RELATIVE_PATH.exec(script.text)?.[1];
      if (found === undefined || !mount.daemon || mount.daemon.entry.options.has('home')) continue;
      report({
        at: mount.daemon.nameWord,
        message: `The working directory of this process is not the project's; relative paths such as \`${found}\` in \`${path}\` will not point into it.`,
        fixes: appendWords(mount.daemon.entry, `home=${folderOf(path)}`),
      });
    }
  },
};

const variablesSet = (site: Site): readonly { word: ConfigWord; entry: Entry; name: string }[] =>
  ['SetEnv', 'PassEnv', 'SetEnvIf', 'SetEnvIfNoCase'].flatMap((directive) =>
    entriesOf(site.configuration, directive).flatMap((entry) => {
      const words =
        directive === 'SetEnv'
          ? entry.words.slice(0, 1)
          : directive === 'PassEnv'
            ? entry.words
            : entry.words.slice(2);
      return words.map((word) => ({ word, entry, name: word.value.replace(/=.*$/, '') }));
    }),
  );

export const setenvNotOsEnviron: Rule = {
  id: 'setenv-not-os-environ',
  severity: 'information',
  summary: 'SetEnv does not reach os.environ.',
  needs: 'machine',
  site(context, report) {
    for (const { path, script } of scripted(context.site, context.machine))
      for (const { word, entry, name } of variablesSet(context.site)) {
        const reads = new RegExp(
          `os\\.(?:environ(?:\\.get)?[[(]|getenv\\()\\s*["']${name.replace(/\W/g, '\\$&')}["']`,
        );
        const line = script.text.slice(0, script.text.search(reads)).split('\n').length;
        if (reads.test(script.text))
          report({
            at: word,
            message: `\`${entry.name} ${name}\` reaches the application only through the WSGI environ of a request; ${path}:${line} reads the process environment, which has no \`${name}\`.`,
          });
      }
  },
};

export const settingsSetdefault: Rule = {
  id: 'settings-module-setdefault-shared-process',
  severity: 'warning',
  summary: "Two sites in one process: the second inherits the first one's settings.",
  needs: 'machine',
  site(context, report) {
    const all = scripted(context.site, context.machine);
    for (const { mount, path, script } of all) {
      if (!/environ\.setdefault\(\s*["']DJANGO_SETTINGS_MODULE/.test(script.text)) continue;
      const other = all.find(
        (candidate) =>
          candidate.path !== path &&
          candidate.mount.processGroup.value === mount.processGroup.value &&
          !mount.processGroup.value.startsWith('%{'),
      );
      if (other)
        report({
          at: mount.script ?? mountPlace(mount),
          message:
            "The second site to load inherits the first one's settings through the process environment.",
          related: [
            { at: other.mount.script ?? mountPlace(other.mount), message: 'runs in the same process' },
          ],
        });
    }
  },
};

export const importsUnresolvable: Rule = {
  id: 'script-imports-unresolvable',
  severity: 'warning',
  summary: 'A module that lies beside the script is not on the search path.',
  needs: 'machine',
  about: MOUNTS,
  part(context, report) {
    const { machine } = context;
    for (const { mount, path, script } of scripted(context.part, context.machine)) {
      if (!machine || /sys\.path\b|site\.addsitedir/.test(script.text)) continue;
      if (!mount.daemon && mount.processGroup.value !== '') continue;
      const onPath = [
        ...(mount.pythonPath?.value.split(':') ?? []),
        mount.daemon?.entry.options.get('home')?.value.value,
      ].filter((folder) => folder !== undefined);
      for (const name of [...script.imports, ...(script.settingsModule ? [script.settingsModule] : [])]) {
        const top = name.split('.')[0] ?? '';
        const around = [folderOf(path), folderOf(folderOf(path))].filter((folder) =>
          hasModule(machine, folder, top),
        );
        const [folder] = around;
        if (folder === undefined || onPath.some((given) => hasModule(machine, given, top))) continue;
        report({
          at: mount.script ?? mountPlace(mount),
          message: `\`${top}\` will not be importable under Apache: mod_wsgi does not search \`${folder}\`.`,
          ...(mount.daemon &&
            !mount.daemon.entry.options.has('python-path') && {
              fixes: appendWords(mount.daemon.entry, `python-path=${folder}`),
            }),
        });
        break;
      }
    }
  },
};

const hasModule = (machine: TargetMachine, folder: string, name: string): boolean =>
  machine.kind(`${folder}/${name}.py`) === 'file' || machine.kind(`${folder}/${name}`) === 'folder';

const AUTHORIZING =
  /\b(?:rest_framework|rest_framework_simplejwt|jwt|flask_httpauth|flask_jwt_extended|authlib|pypiserver|tastypie)\b|HTTP_AUTHORIZATION/;

export const passAuthorizationOff: Rule = {
  id: 'pass-authorization-off',
  severity: 'hint',
  summary: 'Apache removes the Authorization header that the application reads.',
  needs: 'machine',
  about: MOUNTS,
  part(context, report) {
    for (const { mount, script } of scripted(context.part, context.machine))
      if (mount.passAuthorization.value.toLowerCase() === 'off' && AUTHORIZING.test(script.text))
        report({
          at: mountPlace(mount),
          message: 'Apache removes the Authorization header before the application sees it.',
          fixes: insertAbove(context.site, mount.entry, ['WSGIPassAuthorization On']),
        });
  },
};

export const chunkedContentLength: Rule = {
  id: 'chunked-request-on-content-length',
  severity: 'warning',
  summary: 'The application relies on CONTENT_LENGTH, which chunked requests do not have.',
  needs: 'machine',
  site(context, report) {
    const entry = entriesOf(context.site.configuration, 'WSGIChunkedRequest').find(isOn);
    if (!entry) return;
    for (const { path, script } of scripted(context.site, context.machine))
      if (/read\([^\n]*CONTENT_LENGTH/.test(script.text))
        report({
          at: entry.range,
          message: `With chunked input there is no CONTENT_LENGTH: \`${path}\` sees an empty body. Read until empty, or rely on \`wsgi.input_terminated\`.`,
        });
  },
};

export const browserDebugger: Rule = {
  id: 'browser-debugger-multiprocess',
  severity: 'warning',
  summary: 'A debugger in the browser needs one process.',
  needs: 'machine',
  about: MOUNTS,
  part(context, report) {
    for (const { mount, script } of scripted(context.part, context.machine)) {
      if (!/DebuggedApplication\([^)]*evalex\s*=\s*True/.test(script.text)) continue;
      const processes = mount.daemon ? (numberOption(mount.daemon, 'processes') ?? 1) : 2;
      if (processes > 1)
        report({
          at: mountPlace(mount),
          message:
            'The follow-up request of the browser console may reach another process. And: never on a reachable server.',
        });
    }
  },
};

export const pdbInDaemon: Rule = {
  id: 'pdb-in-daemon-mode',
  severity: 'warning',
  summary: 'There is no terminal behind a daemon process.',
  needs: 'machine',
  about: MOUNTS,
  part(context, report) {
    for (const { mount, path, script } of scripted(context.part, context.machine))
      if (mount.daemon && /^\s*(?:breakpoint\(|(?:i?pdb)\.set_trace\()/m.test(script.text))
        report({
          at: mountPlace(mount),
          message: `There is no terminal behind this process: the breakpoint in \`${path}\` fails or hangs. Attach the debugger instead.`,
        });
  },
};

const AUTH_CALLABLES: Readonly<Record<string, readonly string[]>> = wordTable({
  WSGIAuthUserScript: ['check_password', 'get_realm_hash'],
  WSGIAuthGroupScript: ['groups_for_user'],
  WSGIAccessScript: ['allow_access'],
  WSGIHandlerScript: ['handle_request'],
});

export const authCallableMissing: Rule = {
  id: 'auth-script-callable-missing',
  severity: 'error',
  summary: 'A script for access, authentication or a handler lacks its function.',
  needs: 'machine',
  about: Object.keys(AUTH_CALLABLES),
  part({ part, machine }, report) {
    if (!machine) return;
    for (const [directive, names] of Object.entries(AUTH_CALLABLES))
      for (const entry of part.of(directive)) {
        const word = entry.words[directive === 'WSGIHandlerScript' ? 1 : 0];
        const text =
          word?.known && machine.kind(word.value) === 'file' ? machine.read(word.value) : undefined;
        if (!word || text === undefined) continue;
        const script = readPythonScript(text);
        if (!names.some((name) => script.binds(name)))
          report({ at: word, message: `\`${word.value}\` must define \`${names.join('` or `')}\`.` });
      }
  },
};

const serverUser = (site: Site): string | undefined =>
  entriesOf(site.configuration, 'User').at(-1)?.words[0]?.value;

export const notTraversable: Rule = {
  id: 'script-path-not-traversable',
  severity: 'error',
  summary: 'The user of the server or of the group cannot read the script.',
  needs: 'machine',
  about: MOUNTS,
  part({ part, site, machine }, report) {
    if (!machine) return;
    const { users } = accountsOf(machine);
    for (const mount of part.mounts) {
      const path = scriptOf(mount);
      if (path === undefined || !mount.script || machine.kind(path) !== 'file') continue;
      const names = [serverUser(site), mount.daemon?.entry.options.get('user')?.value.value];
      for (const name of new Set(names)) {
        const account = name === undefined ? undefined : users.get(name);
        if (!account) continue;
        const component =
          deniedFolder(machine, folderOf(path), account) ??
          (mayRead(machine, path, account) ? undefined : path);
        if (component === undefined) continue;
        const mode = ((machine.status(component)?.mode ?? 0) & 0o777).toString(8);
        report({ at: mount.script, message: `\`${name}\` cannot read \`${component}\` (mode ${mode}).` });
      }
    }
  },
};

export const homeUnreadable: Rule = {
  id: 'python-home-unreadable',
  severity: 'error',
  summary: 'The user of the group cannot enter the Python home.',
  about: GROUPS,
  part({ part, site, machine }, report) {
    const users = machine ? accountsOf(machine).users : new Map();
    for (const { entry } of part.groups) {
      const home = entry.options.get('python-home')?.value;
      const user = entry.options.get('user')?.value.value ?? serverUser(site);
      if (!home?.known || user === undefined || user === 'root') continue;
      const account = users.get(user);
      const component =
        machine && account
          ? deniedFolder(machine, home.value, account)
          : /^\/root(?:\/|$)/.test(home.value)
            ? '/root'
            : undefined;
      if (component !== undefined)
        report({ at: home, message: `User \`${user}\` cannot enter \`${component}\`.` });
    }
  },
};
