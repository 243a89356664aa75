import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from '@jest/globals';
import { cleanUp, massgen } from '../support/massgen-process.js';

afterAll(cleanUp);

const example = (name: string): string => readFileSync(new URL(`../../@examples/${name}.yaml`, import.meta.url), 'utf8');

describe('massgen config examples', () => {
  it.concurrent('lists all by a name that works, with what each shows', async () => {
    const { code, stdout } = await massgen(['config', 'examples']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^@examples\/basic_multi +\S.*\.$/m);
    const listed = JSON.parse((await massgen(['config', 'examples', '--json'])).stdout) as readonly { readonly name: string; readonly summary: string }[];
    expect(stdout.trim().split('\n').map((line) => line.split(/\s/)[0])).toEqual(listed.map(({ name }) => `@examples/${name}`));
  });

  it.concurrent.each(['basic_multi', 'basic-multi', '@examples/basic/multi', 'basic_multi.yaml'])('prints %s as it is, with the schema where an editor finds it from any folder', async (name) => {
    const { code, stdout, stderr } = await massgen(['config', 'examples', name]);
    const [, schema] = /\$schema=(\S+)$/m.exec(stdout) ?? [];
    expect(JSON.parse(readFileSync(String(schema), 'utf8'))).toHaveProperty('properties.agents');
    expect({ code, stdout: stdout.replace(String(schema), '../massgen.schema.json'), stderr }).toEqual({ code: 0, stdout: example('basic_multi'), stderr: '' });
  });

  it.concurrent('names the nearest three for an unknown name', async () => {
    const { code, stdout, stderr } = await massgen(['config', 'examples', 'basic_mulit']);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^massgen: there is no example "basic_mulit"; did you mean @examples\/basic_multi, @examples\/\S+ or @examples\/\S+\?\n$/);
  });
});

describe('massgen config schema', () => {
  it.concurrent('prints the schema that comes with the package', async () => {
    const { code, stdout } = await massgen(['config', 'schema']);
    expect({ code, same: stdout === readFileSync(new URL('../../massgen.schema.json', import.meta.url), 'utf8') }).toEqual({ code: 0, same: true });
  });

  it.concurrent('is quiet about a reader that leaves', async () => {
    expect(await massgen(['config', 'schema'], { through: '"$@" | head -c 1' })).toMatchObject({ code: 0, stdout: '{', stderr: '' });
  });

  it.concurrent('says where it is', async () => {
    expect((await massgen(['config', 'schema', '--path'])).stdout).toMatch(/massgen\.schema\.json\n$/);
  });
});
