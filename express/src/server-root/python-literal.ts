/** What {@link pythonLiteral} can write. */
export type Literal =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Literal[]
  | { readonly [name: string]: Literal };

/**
 * A value as a Python expression that makes it again, whatever its strings contain. The escapes of a JSON string are all
 * escapes of a Python string too, with the same meaning
 * (https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences). Members that are undefined are left out.
 *
 * @returns one expression over several lines, for a file in UTF-8.
 */
export const pythonLiteral = (value: Literal, indent = ''): string => {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  const items = isList(value)
    ? value.map((item) => pythonLiteral(item, inner))
    : Object.entries(value)
        .filter(([, member]) => member !== undefined)
        .map(([name, member]) => `${JSON.stringify(name)}: ${pythonLiteral(member, inner)}`);
  const [open, close] = isList(value) ? '[]' : '{}';
  return items.length === 0
    ? `${open}${close}`
    : `${open}\n${items.map((item) => `${inner}${item},\n`).join('')}${indent}${close}`;
};

const isList = (value: object): value is readonly Literal[] => Array.isArray(value);
