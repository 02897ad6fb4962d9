import path from 'node:path';
import { runWithCodeCache } from '../../common/src/code-cache';

runWithCodeCache(path.join(__dirname, 'programs', 'debug-adapter.js'));
