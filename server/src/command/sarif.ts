import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log, PhysicalLocation, Result } from 'sarif';
import { ruleLevels, rulePages } from '../rules/documentation';
import type { Severity } from '../rules/rule';
import type { Place, Report } from './report';

/** SARIF knows three levels. */
const LEVELS: Readonly<Record<Severity, Result.level>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'note',
};

/**
 * A report in SARIF 2.1.0, as GitHub's code scanning and others read it (docs.oasis-open.org/sarif/sarif/v2.1.0). Its shape is
 * checked by the types.
 *
 * @param folder the root of the repository: files in it are named relative to it
 */
export const toSarif = ({ findings }: Report, folder: string): string => {
  const used = new Set(findings.map(({ rule }) => rule));
  const pages = rulePages();
  const rules = ruleLevels().filter(({ id }) => used.has(id));
  const content: Log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'mod_wsgi language server',
            rules: rules.map(({ id, summary, severity }) => ({
              id,
              shortDescription: { text: summary },
              help: { text: summary, markdown: pages[`${id}.md`] ?? summary },
              defaultConfiguration: { level: LEVELS[severity] },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { uri: `${pathToFileURL(folder).href.replace(/\/$/, '')}/` } },
        results: findings.map(({ rule, severity, message, place, related }) => ({
          ruleId: rule,
          level: LEVELS[severity],
          message: { text: message },
          locations: [{ physicalLocation: locationOf(place, folder) }],
          ...(related.length > 0 && {
            relatedLocations: related.map((other, index) => ({
              id: index + 1,
              physicalLocation: locationOf(other.place, folder),
              message: { text: other.message },
            })),
          }),
        })),
      },
    ],
  };
  return `${JSON.stringify(content, null, 2)}\n`;
};

const locationOf = ({ file, line, column, endLine, endColumn }: Place, folder: string): PhysicalLocation => {
  const relative = path.relative(folder, file);
  const artifactLocation = relative.startsWith('..')
    ? { uri: pathToFileURL(file).href }
    : { uri: relative.split(path.sep).map(encodeURIComponent).join('/'), uriBaseId: 'SRCROOT' };
  return { artifactLocation, region: { startLine: line, startColumn: column, endLine, endColumn } };
};
