import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findExpressOption } from '../../common/src/express-options';
import { ATTACH_ATTRIBUTES, LAUNCH_ATTRIBUTES } from '../../common/src/launch-attributes';

interface Snippet {
  readonly label: string;
  readonly body: Readonly<Record<string, unknown>> & { readonly options?: Readonly<Record<string, unknown>> };
}

const { contributes } = JSON.parse(readFileSync('package.json', 'utf8'));
const snippets: readonly Snippet[] = contributes.debuggers[0].configurationSnippets;
const COMMON = ['type', 'request', 'name'];
const known: Readonly<Record<string, readonly string[]>> = {
  launch: [...COMMON, ...LAUNCH_ATTRIBUTES.map(({ name }) => name)],
  attach: [...COMMON, ...ATTACH_ATTRIBUTES.map(({ name }) => name)],
};

describe("the manifest's snippets of launch.json", () => {
  for (const { label, body } of snippets)
    it(`${label} has only attributes and options that there are`, () => {
      expect(Object.keys(body).filter((name) => !known[String(body.request)]?.includes(name))).toEqual([]);
      expect(Object.keys(body.options ?? {}).filter((name) => !findExpressOption(name))).toEqual([]);
    });
});

describe("the manifest's languages", () => {
  it('claim no name of a configuration that another server has too', () => {
    const { filenames, filenamePatterns } = contributes.languages.find(
      ({ id }: { id: string }) => id === 'apacheconf',
    );
    const names: readonly string[] = [...filenames, ...filenamePatterns];
    const ofApache = /apache|httpd|\.htaccess$|\.vhost$|conf\.modules\.d|^ports\.conf$/;
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !ofApache.test(name))).toEqual([]);
  });
});

describe("the manifest's menus", () => {
  it('are there for every language that is served', () => {
    const conditions =
      JSON.stringify([contributes.commands, contributes.menus]).match(/\w+LangId [^"&]*/g) ?? [];
    expect(conditions.length).toBeGreaterThan(0);
    for (const condition of conditions) {
      const pattern = new RegExp(/=~ \/(.*)\//.exec(condition)?.[1] ?? '(?!)');
      for (const language of ['apacheconf', 'apache', 'httpd']) expect(language, condition).toMatch(pattern);
    }
  });

  it('have commands that are declared', () => {
    const declared = contributes.commands.map(({ command }: { command: string }) => command);
    const used = Object.values<{ command: string }[]>(contributes.menus).flat();
    expect(used.filter(({ command }) => !declared.includes(command))).toEqual([]);
  });
});
