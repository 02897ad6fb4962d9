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
  /** Where an Apache configuration mounts it. */
  readonly url?: string;
  readonly launch: ApplicationLaunch;
}

/** Whether two are started from the same file: a project and its `wsgi.py` are one application. */
export const sameStart = (one: Application, other: Application): boolean =>
  (one.launch.program ?? one.file) === (other.launch.program ?? other.file);

/**
 * The applications to which a file belongs: those that it defines or mounts, else the one that it serves, else
 * those of the deepest folder around it.
 *
 * @returns several where the file could belong to any of them
 */
export const applicationsOf = (file: string, applications: readonly Application[]): Application[] => {
  const own = applications.filter(({ file: defining }) => defining === file);
  if (own.length > 0) return own;
  const served = applications.find(({ launch }) => launch.program === file);
  if (served) return [served];
  const around = applications.filter(({ folder }) => isBelow(folder, file));
  const depth = Math.max(...around.map(({ folder }) => folder.length));
  return around.filter(({ folder }) => folder.length === depth);
};

const isBelow = (folder: string, file: string): boolean => file.startsWith(folder + path.sep);
