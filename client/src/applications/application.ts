import path from 'node:path';

/** What a launch configuration says to start an application; paths are absolute. */
export interface ApplicationLaunch {
  readonly program?: string;
  readonly module?: string;
  readonly callable?: string;
  readonly cwd?: string;
  readonly python?: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** A web application that was found in the workspace. */
export interface Application {
  /** What it is, as a person says it: `Django project`, `Flask`, `WSGI script`. */
  readonly kind: string;
  /** The file that says so, which is also what a person calls it by. */
  readonly file: string;
  /** The folder whose files belong to it. */
  readonly folder: string;
  /** Where it is defined in {@link file}, from 0. */
  readonly line: number;
  readonly launch: ApplicationLaunch;
}

/**
 * The application to which a file belongs: the one that it defines, else the ones of the deepest folder around it.
 *
 * @returns several where the file could belong to any of them
 */
export const applicationsOf = (file: string, applications: readonly Application[]): Application[] => {
  const own = applications.filter(({ file: defining, launch }) => [defining, launch.program].includes(file));
  if (own.length > 0) return own.slice(0, 1);
  const around = applications.filter(({ folder }) => isBelow(folder, file));
  const depth = Math.max(...around.map(({ folder }) => folder.length));
  return around.filter(({ folder }) => folder.length === depth);
};

const isBelow = (folder: string, file: string): boolean => file.startsWith(folder + path.sep);
