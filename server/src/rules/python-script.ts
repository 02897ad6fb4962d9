/** What a look at a Python file tells without running it. Conservative: what might be there is there. */
export interface PythonScript {
  /** True if a name is bound at module level, perhaps under a condition or by a star import. */
  binds(name: string): boolean;
  /** Module-level names that could be WSGI callables, in order. */
  readonly names: readonly string[];
  /** Names of the absolute imports. */
  readonly imports: readonly string[];
  readonly settingsModule: string | undefined;
  readonly text: string;
}

const BINDING =
  /^[ \t]*(?:(?:async[ \t]+)?def[ \t]+(\w+)|class[ \t]+(\w+)|([A-Za-z_]\w*)[ \t]*(?::[^=\n]*)?=(?!=))/gm;

const IMPORTED =
  /^[ \t]*(?:from[ \t]+[.\w]+[ \t]+import[ \t]+\(?([^)\n]*(?:\n[^)\n]*)*?)\)?[ \t]*$|import[ \t]+(.+)$)/gm;

/** Reads the bindings and imports of a Python file. Total. */
export const readPythonScript = (text: string): PythonScript => {
  const code = text.replace(/#.*$/gm, '');
  const bound = new Set<string>();
  for (const [, def, type, variable] of code.matchAll(BINDING)) bound.add(def ?? type ?? variable ?? '');
  const names = [...bound];
  for (const [, from, plain] of code.matchAll(IMPORTED))
    for (const part of (from ?? plain ?? '').split(','))
      bound.add(
        part
          .trim()
          .split(/\s+as\s+|\./)
          .at(-1)
          ?.trim() ?? '',
      );
  const star =
    /^[ \t]*from[ \t]+\S+[ \t]+import[ \t]+\*/m.test(code) || /\b(?:globals\(\)|exec\()/.test(code);
  const imports = [
    ...code.matchAll(/^(?:from[ \t]+([A-Za-z_][\w.]*)[ \t]+import|import[ \t]+([A-Za-z_][\w.]*))/gm),
  ];
  return {
    binds: (name) => star || bound.has(name),
    names,
    imports: imports.map(([, from, plain]) => from ?? plain ?? ''),
    settingsModule: /DJANGO_SETTINGS_MODULE["'][^"'\n]*["']([\w.]+)["']/.exec(code)?.[1],
    text: code,
  };
};
