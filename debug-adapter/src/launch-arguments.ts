import { UserError } from '../../common/src/errors';
import {
  ATTACH_ATTRIBUTES,
  type AttachAttributes,
  LAUNCH_ATTRIBUTES,
  type LaunchAttribute,
  type LaunchAttributes,
  type LaunchAttributeType,
  RUNTIMES,
} from '../../common/src/launch-attributes';

const isText = (value: unknown): boolean => typeof value === 'string';

const isRecordOf = (value: unknown, accepts: (item: unknown) => boolean): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(accepts);

const isOption = (value: unknown): boolean =>
  ['string', 'number', 'boolean'].includes(typeof value) ||
  (Array.isArray(value) &&
    value.every((item) => isText(item) || (Array.isArray(item) && item.every(isText))));

const isPathMapping = (value: unknown): boolean => {
  const { localRoot, remoteRoot } = (value ?? {}) as Record<string, unknown>;
  return isText(localRoot) && isText(remoteRoot);
};

const CHECKS: Readonly<
  Record<LaunchAttributeType, { accepts: (value: unknown) => boolean; expected: string }>
> = {
  string: { accepts: isText, expected: 'a string' },
  boolean: { accepts: (value) => typeof value === 'boolean', expected: 'true or false' },
  port: {
    accepts: (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 65535,
    expected: 'a number from 0 to 65535',
  },
  strings: { accepts: (value) => Array.isArray(value) && value.every(isText), expected: 'a list of strings' },
  environment: {
    accepts: (value) => isRecordOf(value, (item) => isText(item) || item === null),
    expected: 'an object of strings',
  },
  options: {
    accepts: (value) => isRecordOf(value, isOption),
    expected: 'an object of mod_wsgi-express options',
  },
  runtime: {
    accepts: (value) => (RUNTIMES as readonly unknown[]).includes(value),
    expected: RUNTIMES.map((name) => `"${name}"`).join(', '),
  },
  pathMappings: {
    accepts: (value) => Array.isArray(value) && value.every(isPathMapping),
    expected: 'a list of { "localRoot": "…", "remoteRoot": "…" }',
  },
};

/**
 * Check a launch request's arguments against the table of attributes. Empty strings count as not given: that is how
 * launch.json's unfilled `${command:…}` variables arrive.
 *
 * @throws UserError `launch-attribute` naming the attribute, its value and what is accepted; `launch-no-program`.
 */
export const readLaunchArguments = (args: object): LaunchAttributes => {
  const attributes = readAttributes(LAUNCH_ATTRIBUTES, args) as LaunchAttributes;
  if (!attributes.program && !attributes.module) {
    throw new UserError({
      code: 'launch-no-program',
      message: 'The launch configuration names no application.',
      action:
        'Open a WSGI script (.wsgi, wsgi.py, app.py) and press F5 again, or set "program" or "module" in launch.json.',
    });
  }
  return attributes;
};

/**
 * Check an attach request's arguments against the table of attributes.
 *
 * @throws UserError `launch-attribute` as for a launch; `attach-ambiguous` where two places are named.
 */
export const readAttachArguments = (args: object): AttachAttributes => {
  const attributes = readAttributes(ATTACH_ATTRIBUTES, args) as AttachAttributes;
  const needPort = (['host', 'token', 'tokenFile'] as const).filter((name) => attributes[name] !== undefined);
  if (attributes.port === undefined && needPort.length > 0)
    throw ambiguous(`"${needPort[0]}" goes with "port", which is missing`);
  if (attributes.port !== undefined && attributes.socketFolder !== undefined)
    throw ambiguous('"port" and "socketFolder" name two places');
  if (attributes.token !== undefined && attributes.tokenFile !== undefined)
    throw ambiguous('"token" and "tokenFile" name two tokens');
  return attributes;
};

const ambiguous = (what: string): UserError =>
  new UserError({
    code: 'attach-ambiguous',
    message: `launch.json: ${what}.`,
    action: 'Give "socketFolder" alone, or "port" with "host" and "token" or "tokenFile".',
  });

const readAttributes = (
  attributes: readonly LaunchAttribute<string>[],
  args: object,
): Record<string, unknown> => {
  const given = args as Record<string, unknown>;
  const read: Record<string, unknown> = {};
  for (const { name, type } of attributes) {
    const value = given[name];
    if (value === undefined || value === null || value === '') continue;
    const { accepts, expected } = CHECKS[type];
    if (!accepts(value)) {
      throw new UserError({
        code: 'launch-attribute',
        message: `launch.json: "${name}" is ${JSON.stringify(value)}, but it takes ${expected}.`,
        action: `Correct "${name}" in the launch configuration.`,
      });
    }
    read[name] = value;
  }
  return read;
};
