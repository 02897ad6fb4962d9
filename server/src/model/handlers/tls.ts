import { wordTable } from '../../../../common/src/word-table';
import type { Handler } from '../execute';

/** Directives of mod_ssl that name a file with something in it. */
const FILES = [
  'SSLCACertificateFile',
  'SSLCADNRequestFile',
  'SSLCARevocationFile',
  'SSLCertificateChainFile',
  'SSLCertificateFile',
  'SSLCertificateKeyFile',
  'SSLProxyCACertificateFile',
  'SSLProxyCARevocationFile',
  'SSLProxyMachineCertificateChainFile',
  'SSLProxyMachineCertificateFile',
] as const;

/** Directives of mod_ssl that name a folder. */
const FOLDERS = [
  'SSLCACertificatePath',
  'SSLCADNRequestPath',
  'SSLCARevocationPath',
  'SSLProxyCACertificatePath',
  'SSLProxyCARevocationPath',
  'SSLProxyMachineCertificatePath',
] as const;

/** Certificates and keys of a token are named by `pkcs11:` and are no files. */
const MAY_BE_TOKEN = /^SSLCertificate(?:Key)?File$/;

const file: Handler = ({ name, words: [given = ''], state }) => {
  if (MAY_BE_TOKEN.test(name) && given.startsWith('pkcs11:')) return undefined;
  const path = state.rootRelative(given);
  return state.machine.files.read(path) ? undefined : `${name}: file '${path}' does not exist or is empty`;
};

const folder: Handler = ({ name, words: [given = ''], state }) => {
  const path = state.rootRelative(given);
  return state.machine.files.kind(path) === 'folder'
    ? undefined
    : `${name}: directory '${path}' does not exist`;
};

export const tlsHandlers: Readonly<Record<string, Handler>> = wordTable(
  Object.fromEntries([
    ...FILES.map((name) => [name.toLowerCase(), file]),
    ...FOLDERS.map((name) => [name.toLowerCase(), folder]),
  ]),
);
