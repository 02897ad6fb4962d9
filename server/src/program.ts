#!/usr/bin/env node
import path from 'node:path';
import { runWithCodeCache } from '../../common/src/code-cache';

/** Checking needs no protocol: it is a program of its own, which starts faster. */
const name = ['check', '--help'].includes(process.argv[2] ?? '') ? 'server-check.js' : 'server.js';

runWithCodeCache(path.join(__dirname, 'programs', name));
