import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What a server needs before it takes the sites: `apache2 -t` accepts the whole tree. */
const MODULES = ['mpm_event', 'authz_core', 'alias', 'env', 'headers', 'wsgi'];

/** A site as people write it, 20 lines. */
const site = (n) => [
  `# Shop number ${n}, owned by the team of the north`,
  '<VirtualHost *:80>',
  `    ServerName shop${n}.example`,
  `    ServerAlias www.shop${n}.example`,
  '    SetEnv SHOP_REGION north',
  '',
  `    WSGIDaemonProcess shop${n} threads=15 python-home=/opt/envs/shop request-timeout=60 \\`,
  `        home=/srv/shops/${n}`,
  `    WSGIScriptAlias / /srv/shops/${n}/shop.wsgi process-group=shop${n} application-group=%{GLOBAL}`,
  '',
  `    <Directory /srv/shops/${n}>`,
  '        Require all granted',
  '    </Directory>',
  `    Alias /static/ /srv/shops/${n}/static/`,
  `    <Directory /srv/shops/${n}/static>`,
  '        Require all granted',
  '        Header set Cache-Control "max-age=3600"',
  '    </Directory>',
  '</VirtualHost>',
  '',
];

/** Lines that fill a file that has no room for a site. */
const filler = (n) => [
  `# Redirect of team ${n}`,
  `Alias /files/${n} /srv/files/${n}`,
  `SetEnv TEAM_${n} north`,
  '',
];

/** A file's lines, exactly as many as asked for. */
const fileLines = (count, nextNumber) => {
  const lines = [];
  while (count - lines.length >= 20) lines.push(...site(nextNumber()));
  while (lines.length < count) lines.push(...filler(nextNumber()).slice(0, count - lines.length));
  return lines;
};

/**
 * Writes a configuration: a main file that includes the others.
 *
 * @param {string} folder is made
 * @param {{lines: number, files: number, modules: string}} size `modules` is the folder of Apache's modules
 * @returns {{root: string, included: readonly string[]}} the main file, and those that it includes
 */
export const writeTree = (folder, { lines, files, modules }) => {
  mkdirSync(path.join(folder, 'sites'), { recursive: true });
  let number = 0;
  const nextNumber = () => ++number;
  const nameOf = (index) => path.join(folder, 'sites', `${String(index).padStart(4, '0')}.conf`);
  const included = Array.from({ length: files }, (_, index) => nameOf(index));
  for (const file of included)
    writeFileSync(file, `${fileLines(Math.round(lines / files), nextNumber).join('\n')}\n`);
  const root = path.join(folder, 'httpd.conf');
  const main = [
    `ServerRoot ${folder}`,
    `DefaultRuntimeDir ${folder}`,
    'ServerName localhost',
    'ErrorLog /dev/null',
    'Listen 80',
    ...MODULES.map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`),
    'Include sites/*.conf',
  ];
  writeFileSync(root, `${main.join('\n')}\n`);
  return { root, included };
};
