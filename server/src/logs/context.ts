import { entriesOf } from '../configuration/configuration';
import type { Entry } from '../configuration/entries';
import type { OpenDocuments } from '../documents';
import type { Session } from '../session';
import type { LogContext } from './explain';

/** More places than this are no help. */
const MOST_PLACES = 3;

/** What the open configurations say about the directives and names of a message. */
export const logContext = (session: Session, configurations: OpenDocuments): LogContext => ({
  pageOf: (rule) => session.pageOf(rule),
  placesOf: (directive, names) => {
    const open = new Set(
      configurations.all().map((document) => session.workspace.membershipOf(document).configuration),
    );
    const entries = [...open].flatMap((configuration) => entriesOf(configuration, directive));
    const named = entries.filter((entry) => isNamed(entry, names));
    return (named.length > 0 ? named : entries).slice(0, MOST_PLACES).map(({ range, line }) => {
      const uri = `${session.workspace.uriOf(range.file)}#L${line}`;
      return `[${range.file.slice(range.file.lastIndexOf('/') + 1)}:${line}](${uri})`;
    });
  },
});

const isNamed = ({ words, options }: Entry, names: readonly string[]): boolean =>
  [...words, ...[...options.values()].map(({ value }) => value)].some(({ value }) => names.includes(value));
