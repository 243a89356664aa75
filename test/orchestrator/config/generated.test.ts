import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe('what is generated from the schema', () => {
  it('is up to date', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/generate.js', '--check'], { cwd: root, encoding: 'utf8' });
    expect({ status, stale: /^stale: .*/m.exec(stderr)?.[0] }).toEqual({ status: 0, stale: undefined });
  });

  it('needs nothing at run time', () => {
    const validator = readFileSync(`${root}/src/orchestrator/config/generated/validate.ts`, 'utf8');
    expect(validator).not.toMatch(/\brequire\(|^import /m);
  });
});
