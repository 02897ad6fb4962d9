// What set-up could not give this machine, kept for the tests: they name it as the reason where they skip.
import { readJson, writeJson } from '../lib/json.mjs';
import { cache } from './cache.mjs';

/**
 * @typedef {object} SetupState
 * @property {import('./python-environment.mjs').LeftOut[]} leftOut
 * @property {Record<string, string>} pythons version → interpreter with pytest, for the agent's tests
 */

/** @returns {SetupState} an empty one where no set-up has run */
export const readState = () => readJson(cache.state) ?? { leftOut: [], pythons: {} };

/** @param {SetupState} state */
export const writeState = (state) => writeJson(cache.state, state);
