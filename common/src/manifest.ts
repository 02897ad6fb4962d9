import { expressOptionsSchema, type JsonSchema } from './express-options';
import {
  ATTACH_ATTRIBUTES,
  LAUNCH_ATTRIBUTES,
  type LaunchAttribute,
  type LaunchAttributeType,
  RUNTIMES,
} from './launch-attributes';

const SCHEMAS: Readonly<Record<LaunchAttributeType, () => JsonSchema>> = {
  string: () => ({ type: 'string' }),
  boolean: () => ({ type: 'boolean' }),
  port: () => ({ type: 'integer', minimum: 0, maximum: 65535 }),
  strings: () => ({ type: 'array', items: { type: 'string' } }),
  environment: () => ({ type: 'object', additionalProperties: { type: ['string', 'null'] } }),
  options: expressOptionsSchema,
  runtime: () => ({ type: 'string', enum: [...RUNTIMES] }),
  pathMappings: () => ({
    type: 'array',
    items: {
      type: 'object',
      properties: { localRoot: { type: 'string' }, remoteRoot: { type: 'string' } },
      required: ['localRoot', 'remoteRoot'],
      additionalProperties: false,
    },
  }),
};

type Attribute = LaunchAttribute<string>;

const attributeSchema = ({ type, default: fallback, description }: Attribute): JsonSchema => ({
  ...SCHEMAS[type](),
  markdownDescription: fallback ? `${description}\n\nDefault: ${fallback}` : description,
});

/** The JSON schema of a launch configuration, for the manifest's `configurationAttributes.launch`. */
export const launchSchema = (): JsonSchema => ({
  properties: schemas(LAUNCH_ATTRIBUTES),
  anyOf: [{ required: ['program'] }, { required: ['module'] }],
});

/** The JSON schema of an attach configuration, for the manifest's `configurationAttributes.attach`. */
export const attachSchema = (): JsonSchema => ({ properties: schemas(ATTACH_ATTRIBUTES) });

const schemas = (attributes: readonly Attribute[]): JsonSchema =>
  Object.fromEntries(attributes.map((attribute) => [attribute.name, attributeSchema(attribute)]));

/** The attributes of a launch configuration as a Markdown table, for the documentation. */
export const launchAttributesTable = (): string => attributesTable(LAUNCH_ATTRIBUTES);

/** Those of an attach configuration. */
export const attachAttributesTable = (): string => attributesTable(ATTACH_ATTRIBUTES);

const attributesTable = (attributes: readonly Attribute[]): string =>
  [
    '| attribute | takes | default | |',
    '|---|---|---|---|',
    ...attributes.map(
      ({ name, type, default: fallback, description }) =>
        `| \`${name}\` | ${TYPE_NAMES[type]} | ${fallback} | ${description} |`,
    ),
  ].join('\n');

const TYPE_NAMES: Readonly<Record<LaunchAttributeType, string>> = {
  string: 'string',
  boolean: 'true or false',
  port: 'number',
  strings: 'list of strings',
  environment: 'object',
  options: 'object',
  runtime: RUNTIMES.map((name) => `\`${name}\``).join(', '),
  pathMappings: 'list of `{ "localRoot": …, "remoteRoot": … }`',
};
