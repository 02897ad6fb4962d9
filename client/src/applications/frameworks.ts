/** How a file of Python source shows that it defines a web application. */
export interface Framework {
  readonly name: string;
  /** The file uses the framework at all; undefined where nothing has to be imported. */
  readonly imports?: RegExp;
  /** The line that makes the application; its group is the callable's name, with `()` added for a factory. */
  readonly makes: readonly { readonly pattern: RegExp; readonly isFactory?: true }[];
}

const imported = (name: string): RegExp =>
  new RegExp(`^[ \\t]*(?:from ${name}|import ${name})\\b(?!\\.)`, 'm');

const assigned = (value: string): RegExp =>
  new RegExp(`^([A-Za-z_]\\w*)[ \\t]*(?::[^=\\n]+)?=[ \\t]*${value}\\(`, 'm');

/** What else people call `app`: none of these is called by a web server. */
const NO_WSGI = '(?!.*\\b(?:Celery|Typer|Q(?:Core|Gui)?Application|Tk|ApplicationBuilder|Dash|App)\\()';

const FACTORY = { pattern: /^def[ \t]+((?:create|make)_app)[ \t]*\(/m, isFactory: true } as const;

/** Frameworks in the order in which they are tried. */
export const FRAMEWORKS: readonly Framework[] = [
  {
    name: 'Flask',
    imports: imported('flask'),
    makes: [{ pattern: assigned('(?:flask\\.)?Flask') }, FACTORY],
  },
  {
    name: 'Django',
    imports: /^[ \t]*from django\.core\.wsgi import/m,
    makes: [{ pattern: assigned('get_wsgi_application') }],
  },
  {
    name: 'Bottle',
    imports: imported('bottle'),
    makes: [{ pattern: assigned('(?:bottle\\.)?(?:Bottle|default_app)') }],
  },
  {
    name: 'Falcon',
    imports: imported('falcon'),
    makes: [{ pattern: assigned('(?:falcon\\.)?(?:App|API)') }],
  },
  {
    name: 'Pyramid',
    imports: /^[ \t]*from pyramid\./m,
    makes: [{ pattern: assigned('\\w+\\.make_wsgi_app') }],
  },
  {
    name: 'WSGI application',
    makes: [
      { pattern: /^def[ \t]+(application|app)[ \t]*\(/m },
      { pattern: new RegExp(`^(application|app)[ \\t]*(?::[^=\\n]+)?=(?!=)${NO_WSGI}`, 'm') },
      { pattern: /^from[ \t]+\S+[ \t]+import[ \t].*\b(application)\b/m },
      FACTORY,
    ],
  },
];

/** Frameworks whose applications speak ASGI, which no WSGI server serves. */
export const ASGI = /^[ \t]*(?:from|import) (fastapi|starlette|quart|litestar|sanic|falcon\.asgi)\b/m;
