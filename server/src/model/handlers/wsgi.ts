import { wordTable } from '../../../../common/src/word-table';
import { findDirective } from '../../catalogue/directives';
import { splitOptions } from '../../syntax/options';
import { splitWord } from '../../syntax/words';
import { virtualHostOf } from '../context';
import type { Call, Handler } from '../execute';

/** The leading words of a directive and the options after them; no options if one of those is none of the directive's. */
const parse = (
  raw: string,
  name: string,
): { words: readonly string[]; options: ReadonlyMap<string, string> | undefined } => {
  const words: string[] = [];
  const known = findDirective(name)?.options;
  let position = 0;
  for (let count = 0; count < (known?.after ?? 0); count++) {
    const word = splitWord(raw, position);
    words.push(word.value);
    position = word.next;
  }
  const options = new Map<string, string>();
  for (const { name, value } of splitOptions(raw, position)) {
    if (!value || !known?.byName.has(name)) return { words, options: undefined };
    options.set(name, value.value);
  }
  return { words, options };
};

const daemonProcess: Handler = ({ raw, node, run, state }) => {
  const {
    words: [name],
    options,
  } = parse(raw, 'WSGIDaemonProcess');
  if (!name) return 'Name of WSGI daemon process not supplied.';
  if (!options) return 'Invalid option to WSGI daemon process definition.';
  const user = options.get('user');
  if (user !== undefined && !user.startsWith('#') && !state.machine.hasUser(user))
    return { fatal: `AH00543: ${state.server.program}: bad user name ${user}` };
  const group = options.get('group');
  if (group !== undefined && !group.startsWith('#') && !state.machine.hasGroup(group))
    return { fatal: `AH00544: ${state.server.program}: bad group name ${group}` };
  if (run.daemonGroups.has(name)) return 'Name duplicates previous WSGI daemon definition.';
  run.daemonGroups.set(name, { name, virtualHost: virtualHostOf(node), origin: node.origin });
  return undefined;
};

/** A group that is named together with an interpreter is checked at once: the script is loaded in advance. */
const checkGroup = (options: ReadonlyMap<string, string>, { run, node }: Call): string | undefined => {
  const name = options.get('process-group');
  const application = options.get('application-group');
  if (name === undefined || application === undefined || isDynamic(name) || isDynamic(application))
    return undefined;
  if (name === '' || name === '%{GLOBAL}') return undefined;
  const group = run.daemonGroups.get(name);
  if (!group) return 'WSGI process group not yet configured.';
  const here = virtualHostOf(node);
  if (group.virtualHost === undefined || group.virtualHost === here) return undefined;
  const same = run.serverNames.get(group.virtualHost) === run.serverNames.get(here);
  return same ? undefined : 'WSGI process group not accessible.';
};

const isDynamic = (value: string): boolean => value.startsWith('%{') && value !== '%{GLOBAL}';

const scriptAlias: Handler = (call) => {
  const { options } = parse(call.raw, 'WSGIScriptAlias');
  return options ? checkGroup(options, call) : 'Invalid option to WSGI script alias definition.';
};

const importScript: Handler = (call) => {
  const {
    words: [script],
    options,
  } = parse(call.raw, 'WSGIImportScript');
  if (!script) return 'Location of import script not supplied.';
  if (!options) return 'Invalid option to WSGI import script definition.';
  if (!options.has('application-group')) return 'Name of WSGI application group required.';
  if (!options.has('process-group')) return 'Name of WSGI process group required.';
  return checkGroup(options, call);
};

export const wsgiHandlers: Readonly<Record<string, Handler>> = wordTable({
  wsgidaemonprocess: daemonProcess,
  wsgiscriptalias: scriptAlias,
  wsgiscriptaliasmatch: scriptAlias,
  wsgiimportscript: importScript,
});
