import { type ExpressOption, expressOptions } from './express-option-table';

/** A JSON schema, as far as it is used here. */
export type JsonSchema = { readonly [keyword: string]: unknown };

const TEXT: JsonSchema = { type: 'string', minLength: 1 };
const URL_PATH: JsonSchema = { type: 'string', pattern: '^/' };

const integerSchema = (range: ExpressOption['range']): JsonSchema => {
  const { orZero, ...limits } = range ?? {};
  const integer = { type: 'integer', ...limits };
  return orZero ? { anyOf: [{ const: 0 }, integer] } : integer;
};

const valueSchema = (option: ExpressOption): JsonSchema => {
  switch (option.type) {
    case 'flag':
      return { type: 'boolean' };
    case 'int':
      return integerSchema(option.range);
    case 'float':
      return { type: 'number', ...option.range };
    case 'choice':
      return { type: 'string', enum: option.choices };
    case 'url-path':
      return URL_PATH;
    case 'path':
    case 'string':
      return TEXT;
    case 'pair':
      return {
        type: 'array',
        items: option.parts?.map(({ type }) => (type === 'url-path' ? URL_PATH : TEXT)),
        minItems: 2,
        maxItems: 2,
      };
  }
};

const optionSchema = (option: ExpressOption): JsonSchema => {
  const single = valueSchema(option);
  const description = option.defaultText ? `${option.help} Default: ${option.defaultText}.` : option.help;
  return {
    ...(option.repeatable ? { anyOf: [single, { type: 'array', items: single }] } : single),
    description,
    ...(option.default === undefined ? {} : { default: option.default }),
  };
};

/** The JSON schema of launch.json's `options` object, for the manifest. */
export const expressOptionsSchema = (): JsonSchema => ({
  type: 'object',
  additionalProperties: false,
  properties: Object.fromEntries(
    expressOptions
      .filter(({ leftOut }) => leftOut === undefined)
      .map((option) => [option.name, optionSchema(option)]),
  ),
});
