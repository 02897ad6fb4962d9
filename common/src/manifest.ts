import { expressOptionsSchema, type JsonSchema } from './express-options';
import {
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
};

const attributeSchema = ({ type, default: fallback, description }: LaunchAttribute): JsonSchema => ({
  ...SCHEMAS[type](),
  markdownDescription: fallback ? `${description}\n\nDefault: ${fallback}` : description,
});

/** The JSON schema of a launch configuration, for the manifest's `configurationAttributes.launch`. */
export const launchSchema = (): JsonSchema => ({
  properties: Object.fromEntries(
    LAUNCH_ATTRIBUTES.map((attribute) => [attribute.name, attributeSchema(attribute)]),
  ),
  anyOf: [{ required: ['program'] }, { required: ['module'] }],
});

/** The attributes as a Markdown table, for the documentation. */
export const launchAttributesTable = (): string =>
  [
    '| attribute | takes | default | |',
    '|---|---|---|---|',
    ...LAUNCH_ATTRIBUTES.map(
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
};
