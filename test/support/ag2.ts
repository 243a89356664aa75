import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

const usual = path.resolve('.cache/ag2/bin/python');

/** A Python with the classic AG2. */
export const AG2_PYTHON = process.env['MASSGEN_TEST_AG2_PYTHON'] ?? (existsSync(usual) ? usual : 'python3');

const found = spawnSync(AG2_PYTHON, ['-c', 'import importlib.util as u, sys; sys.exit(not u.find_spec("autogen"))']).status === 0;

/** Why tests of the real AG2 are skipped, for their names; undefined when they are not. */
export const ag2Reason = found ? undefined : ' (skipped: no python3 with AG2; python3 -m venv .cache/ag2 && .cache/ag2/bin/pip install "ag2[openai]<1")';
