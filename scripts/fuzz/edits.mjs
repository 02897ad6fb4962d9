/** Pieces in which a configuration can be right or broken, beside what the corpus itself has. */
const PIECES = [
  '\n',
  '\r\n',
  '\\\n',
  '\\',
  '"',
  "'",
  '<',
  '>',
  '</',
  '#',
  '=',
  '\0',
  '\uFEFF',
  '\ud800',
  '日本𝒳',
  '${',
  `\${X}`,
  '%{GLOBAL}',
  '{{ x }}',
  '{% if x %}\n',
  '<VirtualHost *:80>\n',
  '</VirtualHost>\n',
  '<Directory "/a b">\n',
  '</Directory>\n',
  '<IfModule !mod_x.c>\n',
  '</IfModule>\n',
  '<If "%{REQUEST_URI} =~ m#^/(a|b)*#">\n',
  '</If>\n',
  '<Macro M $a @b>\n',
  '</Macro>\n',
  'Use M x "y z"\n',
  'Define X "a b"\n',
  'Include *.conf\n',
  'WSGIDaemonProcess shop threads=5 python-home=/x ',
  // Names that every object of JavaScript has.
  'constructor ',
  '__proto__ x ',
  '<constructor x>\n',
  ' constructor=constructor ',
  '%{constructor} ',
  `\${constructor:__proto__} `,
  // Patterns that can match in many ways.
  'RewriteRule ^(a+)+$ /x$1 ',
  '<LocationMatch "^((a|a)*)*\\1$">\n',
  'WSGIScriptAlias / /x.wsgi process-group=shop application-group=%{GLOBAL}\n',
  'WSGIScriptAliasMatch ^/((a+)+)$ /x/$1.wsgi\n',
  'Require all granted\n',
  '# rule: ignore unknown-directive\n',
];

/**
 * What somebody might do to a text: type, paste, cut, copy lines about.
 *
 * @param {string} text
 * @param {import('./random.mjs').Random} random
 * @param {string} other a text to paste from
 * @returns {{start: number, end: number, text: string}} offsets in the text, and what comes in their place
 */
export const randomEdit = (text, random, other) => {
  const start = random.below(text.length + 1);
  const end = Math.min(text.length, start + (random.below(4) === 0 ? random.below(400) : random.below(4)));
  switch (random.below(6)) {
    case 0:
      return { start, end, text: '' };
    case 1:
      return { start, end: start, text: random.pick(PIECES) };
    case 2: {
      const from = random.below(other.length + 1);
      return { start, end, text: other.slice(from, from + random.below(600)) };
    }
    case 3:
      return {
        start,
        end: start,
        text: String.fromCharCode(random.below(random.below(8) === 0 ? 65536 : 128)),
      };
    case 4:
      return { start, end, text: random.pick(PIECES) + random.pick(PIECES) };
    default:
      return { start, end: start, text: text.slice(start, start + random.below(200)) };
  }
};
