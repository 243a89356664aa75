import { spawnSync } from 'node:child_process';

/** A Python with the packages `openai` and `langchain_openai`. */
export const PYTHON = process.env['MASSGEN_TEST_PYTHON'] ?? 'python3';

const found = spawnSync(PYTHON, ['-c', 'import importlib.util as u, sys; sys.exit(not (u.find_spec("openai") and u.find_spec("langchain_openai")))']).status === 0;

/** Why tests in Python are skipped, for their names; undefined when they are not. */
export const pythonReason = found ? undefined : ' (skipped: no python3 with openai and langchain_openai; set MASSGEN_TEST_PYTHON)';
