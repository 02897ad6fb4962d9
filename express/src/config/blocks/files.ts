import { kindOf } from '../../../../common/src/access';
import type { ServerPlan } from '../../plan';
import type { BlockMaker } from '../block';
import { hasApplication, hasDocumentRoot, servesFiles } from '../needs';
import { directorySection, fileSection } from '../sections';
import { httpdWord } from '../words';

/** Content types for what web pages are made of, where the system has no list of its own. */
const TYPES = {
  'text/html': ['html', 'htm'],
  'text/css': ['css'],
  'text/javascript': ['js', 'mjs'],
  'application/json': ['json', 'map'],
  'text/plain': ['txt'],
  'image/svg+xml': ['svg'],
  'image/png': ['png'],
  'image/jpeg': ['jpg', 'jpeg'],
  'image/gif': ['gif'],
  'image/webp': ['webp'],
  'image/x-icon': ['ico'],
  'font/woff2': ['woff2'],
  'application/pdf': ['pdf'],
};

const GRANTED = 'Require all granted';

/** What Apache may read: nothing but what is served. */
export const access: BlockMaker = (plan, { mount: { script } }) => ({
  comment: 'No file is reachable unless it is named below.',
  lines: [
    ...directorySection('/', ['AllowOverride None', 'Require all denied']),
    ...(hasApplication(plan) ? fileSection(script, [GRANTED]) : []),
  ],
});

const served = ({ settings: { files } }: ServerPlan): string[] => {
  const options = [
    'FollowSymLinks',
    ...(files.directoryListing ? ['Indexes'] : []),
    ...(files.cgi ? ['ExecCGI'] : []),
  ];
  return [
    `Options ${options.join(' ')}`,
    `AllowOverride ${files.allowOverride.length > 0 ? files.allowOverride.join(' ') : 'None'}`,
    GRANTED,
    String.raw`<FilesMatch "^\.ht">`,
    '    Require all denied',
    '</FilesMatch>',
  ];
};

/** Apache puts what follows the URL path behind the target as it is, so both end in a slash or none does. */
const alias = (plan: ServerPlan, url: string, target: string): string[] => {
  const isDirectory = kindOf(target) === 'directory';
  const end = isDirectory && url.endsWith('/') && !target.endsWith('/') ? '/' : '';
  return [
    `Alias ${httpdWord(url, 'The URL path of an alias')} ${httpdWord(target + end, 'The target of an alias')}`,
    ...(isDirectory ? directorySection(target, served(plan)) : fileSection(target, [GRANTED])),
  ];
};

/** Files that Apache serves itself. */
export const staticFiles: BlockMaker = (plan, layout) => {
  const { settings, mimeTypes } = plan;
  const { files } = settings;
  if (!servesFiles(plan)) return { comment: '', lines: [] };
  const root = files.documentRoot ?? layout.documentRoot;
  return {
    comment: 'Files that Apache serves itself.',
    lines: [
      `TypesConfig ${httpdWord(mimeTypes ?? '/dev/null', 'The file of content types')}`,
      ...(mimeTypes
        ? []
        : Object.entries(TYPES).map(([type, names]) => `AddType ${type} ${names.join(' ')}`)),
      `DirectoryIndex ${files.directoryIndex ? httpdWord(files.directoryIndex, 'The directory index') : 'disabled'}`,
      ...(files.cgi ? ['AddHandler cgi-script .cgi'] : []),
      ...(hasDocumentRoot(plan)
        ? [`DocumentRoot ${httpdWord(root, 'The document root')}`, ...directorySection(root, served(plan))]
        : []),
      ...files.aliases.flatMap(({ url, target }) => alias(plan, url, target)),
    ],
  };
};
