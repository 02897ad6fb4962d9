import path from 'node:path';
import type { Application } from './application';
import { ASGI, FRAMEWORKS } from './frameworks';

/** Names that the server looks for by itself, in its order; see `find_application` of the agent. */
const USUAL_CALLABLES = new Set(['application', 'app', 'create_app()', 'make_app()']);

/** The dotted name under which a file is imported, where it lies in a package. */
export interface PackagePlace {
  readonly module: string;
  /** The folder above the outermost package. */
  readonly root: string;
}

/**
 * The application that a file of Python source defines.
 *
 * @param file absolute path
 * @param place where it is in a package: undefined for a file that stands alone
 * @returns undefined for a file that defines none
 */
export const recogniseApplication = (
  file: string,
  text: string,
  place?: PackagePlace,
): Application | undefined => {
  const isScript = file.endsWith('.wsgi');
  const found = ASGI.test(text) && !isScript ? undefined : definitionIn(text);
  if (!found && !isScript) return undefined;
  const { kind, callable, offset } = found ?? { kind: 'WSGI script', callable: '', offset: 0 };
  return {
    kind: isScript ? 'WSGI script' : kind,
    file,
    folder: place ? path.join(place.root, place.module.split('.')[0] ?? '') : path.dirname(file),
    line: text.slice(0, offset).split('\n').length - 1,
    launch: {
      // A module of a package may import its neighbours, which works under its own name only.
      ...(place && !isScript ? { module: place.module, cwd: place.root } : { program: file }),
      ...(callable && !USUAL_CALLABLES.has(callable) && { callable }),
    },
  };
};

interface Definition {
  readonly kind: string;
  readonly callable: string;
  readonly offset: number;
}

const definitionIn = (text: string): Definition | undefined => {
  for (const { name, imports, makes } of FRAMEWORKS) {
    if (imports && !imports.test(text)) continue;
    for (const { pattern, isFactory } of makes) {
      const match = pattern.exec(text);
      if (match) return { kind: name, callable: `${match[1]}${isFactory ? '()' : ''}`, offset: match.index };
    }
  }
  return undefined;
};

/** The framework of an application that speaks ASGI instead of WSGI; undefined for other files. */
export const asgiFramework = (text: string): string | undefined => ASGI.exec(text)?.[1];
