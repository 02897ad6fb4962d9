#!/usr/bin/env node
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runWithCodeCache } from '../../common/src/code-cache';

/** Checking needs no protocol: it is a program of its own, which starts faster. */
const checks = ['check', '--help'].includes(process.argv[2] ?? '');

// V8's own number is 67,584. A check of 2,000 lines is over before optimized code has paid for itself, and takes half the processor time
// without; a server that opens a document should not optimize at the same time what it will do once.
setFlagsFromString(`--interrupt-budget=${checks ? 1_000_000 : 400_000}`);

runWithCodeCache(path.join(__dirname, 'programs', checks ? 'server-check.js' : 'server.js'));
