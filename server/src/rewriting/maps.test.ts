import { describe, expect, test } from 'vitest';
import { entriesOf } from '../configuration/configuration';
import { readText } from '../configuration/read-text.fixture';
import { memoryFiles } from '../model/fixtures/memory-files';
import { lookUp } from './maps';
import { fillIn } from './text';

const MAPS = `RewriteMap words txt:/srv/words
RewriteMap plain /srv/words
RewriteMap near txt:conf/near
RewriteMap dice rnd:/srv/dice
RewriteMap up int:toupper
RewriteMap down int:tolower
RewriteMap escape int:escape
RewriteMap unescape int:unescape
RewriteMap nothing int:none
`;

const FILES = {
  '/srv/words': '# words\nblue sky and more\nblue sea\n grey fog\nempty\nred\trose # a comment\n',
  '/srv/dice': 'one 1\nmany 1|2|3\n',
  '/etc/apache2/conf/near': 'a b\n',
};

/** What a text with `${map:key}` becomes, or why nobody knows. */
const made = (template: string): string => {
  const maps = entriesOf(readText(MAPS, {}).configuration, 'RewriteMap');
  const disk = { ...memoryFiles(FILES), size: () => 1, isLink: () => false };
  const { text, gap } = fillIn(template, {
    ofRule: ['/Shop', 'Shop'],
    ofCondition: [],
    variable: (name) => (name === 'HTTP_HOST' ? { value: 'shop.example' } : { why: `nobody knows ${name}` }),
    lookUp: (map, key) => lookUp(maps, map, key, { disk, serverRoot: '/etc/apache2' }),
  });
  return gap ?? text;
};

describe('a map', () => {
  test.each([
    ['/${words:blue}/x', '/sky/x'],
    ['${words:red}', 'rose'],
    ['${plain:red}', 'rose'],
    ['${near:a}', 'b'],
    ['${words:grey|none}', 'none'],
    ['${words:empty|none}', 'none'],
    ['${words:#|none}', 'none'],
    ['${words:green}', ''],
    ['${words:green|${words:red}}', 'rose'],
    ['${words:${down:RED}}', 'rose'],
    ['${other:red|none}', 'none'],
    ['${dice:one}', '1'],
    ['${dice:many}', 'the map `dice` chooses one of `1|2|3` at random'],
    ['${up:$1}${down:$1}', 'SHOPshop'],
    ['${escape:a b?é}', 'a%20b%3f%c3%a9'],
    ['${unescape:a%20b}', 'a0b'],
    ['${unescape:a\\%20b}', 'a b'],
    ['${nothing:a}', 'the map `nothing` names a function that Apache does not have'],
    ['${up:%{HTTP_HOST}}', 'SHOP.EXAMPLE'],
    ['${up:%{TIME}}', 'nobody knows TIME'],
    ['${words}', '${words}'],
    ['${words:blue', '${words:blue'],
    ['a\\$1\\', 'a$1\\'],
  ])('makes of %s %s', (template, expected) => {
    expect(made(template)).toBe(expected);
  });
});
