import path from 'node:path';
import { section } from './block';
import { httpdWord } from './words';

/**
 * A path as `<Directory>`, `<Files>`, `<Location>` and `Include` take it literally: they read wildcards otherwise. A
 * backslash would not do, as httpd takes a path whose wildcards are all escaped for one without wildcards.
 */
export const literalPattern = (text: string): string =>
  /[*?[]/.test(text) ? text.replace(/[*?[]/g, '[$&]').replaceAll('\\', '\\\\') : text;

/** A section for a directory and everything in it. */
export const directorySection = (folder: string, lines: readonly string[]): string[] =>
  section(`Directory ${httpdWord(literalPattern(folder), 'A directory')}`, lines);

/** A section for one file. */
export const fileSection = (file: string, lines: readonly string[]): string[] =>
  directorySection(
    path.dirname(file),
    section(`Files ${httpdWord(literalPattern(path.basename(file)), 'A file')}`, lines),
  );

/** A section for a URL path and everything below it. */
export const locationSection = (url: string, lines: readonly string[]): string[] =>
  section(`Location ${httpdWord(literalPattern(url), 'A URL path')}`, lines);
