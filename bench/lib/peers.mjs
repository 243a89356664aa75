// Who does the work. `massgen` is the subject; the others are what it is held against.
import fs from 'node:fs';
import path from 'node:path';
import { REPOSITORY } from './bench.mjs';

const isBuilt = (...files) => files.every((file) => fs.existsSync(path.join(REPOSITORY, file)));

export const PEERS = [
  { name: 'massgen', file: 'peers/massgen/orch.mjs', available: () => isBuilt('dist/index.js') },
  { name: 'openai-loop', file: 'peers/base/orch-openai.mjs', note: 'hand-written loop on the openai package' },
  { name: 'raw-http', file: 'peers/base/orch-raw.mjs', env: { TRANSPORT: 'http' }, note: 'node:http and an own SSE parser: the floor' },
];

export const hasCommandLine = () => isBuilt('bin/run.js', 'dist/commands/run.js', 'oclif.manifest.json');
