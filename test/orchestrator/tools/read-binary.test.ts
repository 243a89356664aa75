import { describe, expect, it } from '@jest/globals';
import { nothingYet, takeBinary, type Gathered } from '../../../src/orchestrator/tools/read-binary.js';

function taken(data: unknown, type: unknown): Gathered {
  const into = nothingYet();
  takeBinary(data, type, into, 'Resource x');
  return into;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('the bytes of a result', () => {
  it.each(['application/json; charset=utf-8', 'application/problem+json;charset=utf-8', 'text/plain; charset=utf-8', 'application/xml'])('are a text where they are of type %s', (type) => {
    expect(taken(base64('{"a":1}'), type)).toEqual({ texts: ['Resource x:\n{"a":1}'], images: [], files: [] });
  });

  it('are a file where their type only begins as that of a text', () => {
    expect(taken(base64('{}'), 'application/jsonx').files).toHaveLength(1);
  });

  it.each(['application/pdf', 'image/png', 'text/plain'])('may be none, of type %s', (type) => {
    expect(taken('', type)).toEqual({ texts: [`[Resource x, ${type}: it is empty]`], images: [], files: [] });
    expect(taken(undefined, type).texts).toEqual([`[Resource x, ${type}: left out, it is not valid]`]);
  });
});
