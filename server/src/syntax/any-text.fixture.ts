import fc from 'fast-check';

/** Pieces that meet in every way in which a configuration can be right or broken. */
const PIECES = [
  '\n',
  '\r\n',
  '\r',
  '\\',
  '\\\n',
  '\\\r\n',
  '\0',
  ' ',
  '\t',
  '\u00a0',
  '\uFEFF',
  '"',
  "'",
  '<',
  '>',
  '</',
  '#',
  '=',
  `\${X}`,
  '${',
  '}',
  '%{GLOBAL}',
  '%{',
  '{{ x }}',
  '{% if %}',
  '<% x %>',
  'Listen 80',
  'WSGIDaemonProcess shop threads=5 ',
  'WSGIScriptAlias / /x.wsgi process-group=',
  '<VirtualHost *:80>\n',
  '</VirtualHost>\n',
  '<Directory "/a b">\n',
  '</Directory>\n',
  '<IfModule !mod_x.c>\n',
  '</IfModule> # c\n',
  '<If "%{REQUEST_URI} == \'a\'">\n',
  '</If>\n',
  '<Macro M $a>\n',
  '</Macro>\n',
  'Use M x\n',
  'Define X "a b"\n',
  'é日本𝒳',
  // Names that every object of JavaScript has.
  '\nconstructor x\n',
  '\n__proto__ x\n',
  '<constructor x>\n',
  ' constructor=__proto__ ',
  'Header constructor ',
  'RewriteRule [[:constructor:]] /x [constructor]\n',
] as const;

/** Texts of any kind, mostly such as make trouble. */
export const anyText = fc
  .array(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom(...PIECES) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
    ),
    {
      maxLength: 40,
    },
  )
  .map((pieces) => pieces.join(''));
