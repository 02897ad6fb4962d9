import { wordTable } from '../../../common/src/word-table';
import type { Directive } from '../catalogue/directives';
import type { WsgiOptionFact } from '../catalogue/facts';

/** Arguments that are paths on the server, by directive: their positions from 0. */
const PATH_ARGUMENTS: Readonly<Record<string, readonly number[]>> = wordTable({
  WSGIScriptAlias: [1],
  WSGIImportScript: [0],
  WSGIHandlerScript: [1],
  WSGIAccessScript: [0],
  WSGIAuthUserScript: [0],
  WSGIAuthGroupScript: [0],
  WSGIDispatchScript: [0],
  WSGIPythonHome: [0],
  WSGIPythonPath: [0],
  WSGIPythonEggs: [0],
  WSGISocketPrefix: [0],
  Alias: [1],
  ScriptAlias: [1],
  DocumentRoot: [0],
  Directory: [0],
  ServerRoot: [0],
  Include: [0],
  IncludeOptional: [0],
  LoadModule: [1],
  LoadFile: [0],
  ErrorLog: [0],
  CustomLog: [0],
  GlobalLog: [0],
  TransferLog: [0],
  ForensicLog: [0],
  CoreDumpDirectory: [0],
  DefaultRuntimeDir: [0],
  PidFile: [0],
  TypesConfig: [0],
  MimeMagicFile: [0],
  AuthUserFile: [0],
  AuthGroupFile: [0],
  SSLCertificateFile: [0],
  SSLCertificateKeyFile: [0],
  SSLCertificateChainFile: [0],
  SSLCACertificateFile: [0],
  SSLCACertificatePath: [0],
  SSLCARevocationFile: [0],
  IfFile: [0],
});

/** The positions of a directive's paths. */
export const pathArguments = (name: string): readonly number[] => PATH_ARGUMENTS[name] ?? [];

/** Whether an option is a path, or a search path of several. */
export const isPathOption = ({ name, type }: WsgiOptionFact): boolean =>
  type === 'path' || name === 'python-path';

/** The options of a directive that are paths. */
export const optionsWithPaths = (directive: Directive | undefined): readonly string[] =>
  [...(directive?.options?.byName.values() ?? [])].filter(isPathOption).map(({ name }) => name);
