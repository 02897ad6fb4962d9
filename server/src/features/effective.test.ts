import { describe, expect, test } from 'vitest';
import { MAIN_FILE as FILE, readText } from '../configuration/read-text.fixture';
import { siteOf } from '../mounts/site';
import { effectiveNote } from './effective';

/** The note for the directive whose name begins at the `|`. */
const note = (marked: string): string | undefined =>
  effectiveNote(siteOf(readText(marked.replace('|', '')).configuration), [FILE], marked.indexOf('|'));

describe('the effective value', () => {
  test.each([
    [
      'the earlier of two',
      '|Timeout 5\nTimeout 60\n',
      '**Does not count**: `TimeOut 60` (apache2.conf:2) takes its place, because it comes later.',
    ],
    ['the later of two', 'Timeout 5\n|Timeout 60\n', '**Counts** in place of `TimeOut 5` (apache2.conf:1).'],
    [
      'a virtual host against the server',
      'WSGIProcessGroup a\n<VirtualHost *:80>\n|WSGIProcessGroup b\n</VirtualHost>\n',
      '**Counts** in place of `WSGIProcessGroup a` (apache2.conf:1).',
    ],
    [
      'the server, with the hosts that differ',
      '|KeepAlive On\n<VirtualHost *:80>\nServerName a\nKeepAlive Off\n</VirtualHost>\n',
      'Virtual hosts with a value of their own:\n\n- a: `KeepAlive Off` (apache2.conf:4)',
    ],
    [
      'a folder against one above',
      '<Directory /srv/a>\n|WSGIApplicationGroup b\n</Directory>\n<Directory /srv>\nWSGIApplicationGroup a\n</Directory>\n',
      '**Counts** in place of `WSGIApplicationGroup a` (apache2.conf:5).',
    ],
    [
      'twice in a folder',
      '<Directory /srv>\n|WSGIApplicationGroup b\nWSGIApplicationGroup a\n</Directory>\n',
      '**Does not count**: `WSGIApplicationGroup a` (apache2.conf:3) takes its place, because it comes later.',
    ],
    [
      'a folder of a host that is merged later',
      '<Directory /srv>\n|WSGIApplicationGroup b\n</Directory>\n<Directory /srv>\nWSGIApplicationGroup a\n</Directory>\n',
      '**Does not count**: `WSGIApplicationGroup a` (apache2.conf:5) takes its place, because its section is merged later.',
    ],
  ])('%s', (_, marked, expected) => {
    expect(note(marked)).toBe(expected);
  });

  test.each([
    ['one line alone', '|Timeout 5\n'],
    ['directives that add up', '|Listen 80\nListen 81\n'],
    ['directives of several values', 'SetEnv A 1\n|SetEnv B 2\n'],
    ['what only the running server decides', 'Timeout 5\n<IfDefine X>\n|Timeout 6\n</IfDefine>\n'],
    ['a section', '|<Directory /a>\n</Directory>\n'],
    ['a comment', '|# Timeout 5\n'],
  ])('%s: nothing', (_, marked) => {
    expect(note(marked)).toBeUndefined();
  });
});
