import path from 'node:path';
import { countOf, type Finding, type Place, type Report } from './report';
import { toSarif } from './sarif';
import type { Format } from './usage';
import { SEVERITIES } from './usage';

/**
 * Writes a report.
 *
 * @param folder the one that paths are shown relative to
 */
export const write = (report: Report, format: Format, folder: string): string =>
  WRITERS[format](report, folder);

const shown = (file: string, folder: string): string => {
  const relative = path.relative(folder, file);
  return relative.startsWith('..') ? file : relative;
};

/** `file:line:column: severity: message [rule]`, as compilers do and editors understand. */
const toText = (report: Report, folder: string): string => {
  const at = ({ file, line, column }: Place): string => `${shown(file, folder)}:${line}:${column}`;
  const lines = report.findings.flatMap(({ place, severity, message, rule, related }) => [
    `${at(place)}: ${severity}: ${message} [${rule}]`,
    ...related.map((other) => `${at(other.place)}: note: ${other.message}`),
  ]);
  const counts = SEVERITIES.map((severity) => [severity, countOf(report, severity)] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => plural(count, severity));
  const files = plural(report.files.length, 'file');
  return `${[...lines, `${files} checked: ${counts.join(', ') || 'nothing found'}`].join('\n')}\n`;
};

const plural = (count: number, noun: string): string =>
  `${count} ${noun === 'information' || count === 1 ? noun : `${noun}s`}`;

const toJson = ({ files, findings }: Report, folder: string): string => {
  const placed = ({ file, ...range }: Place): object => ({ file: shown(file, folder), ...range });
  const finding = ({ rule, severity, message, place, related }: Finding): object => ({
    ...placed(place),
    severity,
    rule,
    message,
    related: related.map((other) => ({ ...placed(other.place), message: other.message })),
  });
  const content = { files: files.map((file) => shown(file, folder)), findings: findings.map(finding) };
  return `${JSON.stringify(content, null, 2)}\n`;
};

const WRITERS: Readonly<Record<Format, (report: Report, folder: string) => string>> = {
  text: toText,
  json: toJson,
  sarif: toSarif,
};
