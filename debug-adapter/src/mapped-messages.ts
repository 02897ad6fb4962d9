import type { DebugProtocol } from '@vscode/debugprotocol';
import type { PathMappings } from './path-mappings';

/** A request's arguments with the server's paths; as they are where there are no mappings. */
export const toServer = (mappings: PathMappings | undefined, args: unknown): unknown =>
  mappings
    ? withPaths(args, (source) => ({ ...withoutReference(source), path: mappings.toRemote(source.path) }))
    : args;

/** A response's or an event's body with our paths. */
export const toClient = (mappings: PathMappings | undefined, body: unknown): unknown =>
  mappings
    ? withPaths(
        body,
        (source) => ({ ...source, path: mappings.toLocal(source.path) }),
        (text) => mappings.tracebackToLocal(text),
      )
    : body;

/** Change all sources in a message, and the tracebacks in it. */
const withPaths = (
  value: unknown,
  source: (source: LocatedSource) => DebugProtocol.Source,
  traceback: (text: string) => string = (text) => text,
): unknown => {
  if (Array.isArray(value)) return value.map((item) => withPaths(item, source, traceback));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      if (key === 'source' && isSource(item)) return [key, source(item)];
      if (key === 'stackTrace' && typeof item === 'string') return [key, traceback(item)];
      return [key, withPaths(item, source, traceback)];
    }),
  );
};

/** The server knows a file by its path alone: numbers of {@link RemoteSources} are the client's. */
const withoutReference = ({ sourceReference: _, ...source }: DebugProtocol.Source): DebugProtocol.Source =>
  source;

type LocatedSource = DebugProtocol.Source & { readonly path: string };

const isSource = (value: unknown): value is LocatedSource =>
  typeof (value as { path?: unknown } | undefined)?.path === 'string';
