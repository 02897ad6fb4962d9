#!/usr/bin/env node
import path from 'node:path';
import { runWithCodeCache } from '../../common/src/code-cache';

runWithCodeCache(path.join(__dirname, 'programs', 'mod-wsgi-express.js'));
