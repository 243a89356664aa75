// Claims so many log directories below a root as fast as it can, with a clock that stands still; prints their names.
import { claimLogDirectory } from '../../src/orchestrator/session/log-directory.js';

const [root = '', count = '0'] = process.argv.slice(2);
const names = Array.from({ length: Number(count) }, () => claimLogDirectory(root, () => new Date(2026, 10, 21, 10, 15, 0, 7), Math.random));
process.stdout.write(JSON.stringify(names));
