import { describe, expect, it } from '@jest/globals';
import { createSseReader } from '../../../src/backends/transport/sse.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function readWhole(text: string): string[] {
  const reader = createSseReader();
  return [...reader.take(bytes(text)), ...reader.end()];
}

function readByBytes(text: string): string[] {
  const reader = createSseReader();
  const read = [...bytes(text)].flatMap((byte) => reader.take(Uint8Array.of(byte)));
  return [...read, ...reader.end()];
}

describe('server-sent events', () => {
  const streams: readonly (readonly [string, string, readonly string[]])[] = [
    ['are told apart at blank lines', 'data: a\n\ndata: b\n\n', ['a', 'b']],
    ['may use any line ending', 'data: a\r\n\r\ndata: b\r\rdata: c\n\n', ['a', 'b', 'c']],
    ['may have no space after the colon', 'data:{"a":1}\n\n', ['{"a":1}']],
    ['may span lines', 'data: a\ndata: b\n\n', ['a\nb']],
    ['leave out comments and other fields', ': ping\n\nevent: x\nid: 1\nretry: 5\ndata: a\n\n', ['a']],
    ['may begin with a byte order mark', '\uFEFFdata: a\n\n', ['a']],
    ['survive cuts inside a character', 'data: Grüße, 世界 👋\n\n', ['Grüße, 世界 👋']],
    ['may lack their last blank line', 'data: a\n\ndata: [DONE]', ['a', '[DONE]']],
  ];
  for (const [name, stream, payloads] of streams) {
    it(name, () => {
      expect(readWhole(stream)).toEqual(payloads);
      expect(readByBytes(stream)).toEqual(payloads);
    });
  }

  it('of one read come together', () => {
    const reader = createSseReader();
    expect(reader.take(bytes('data: a\n\ndata: b\n\ndata: c'))).toEqual(['a', 'b']);
    expect(reader.take(bytes('d\n\n'))).toEqual(['cd']);
    expect(reader.take(bytes(''))).toEqual([]);
  });

  it('that never come leave the head of what came instead', () => {
    const reader = createSseReader();
    reader.take(bytes('<html>\n<p>'));
    reader.take(bytes('no</p>'));
    reader.end();
    expect(reader.head()).toBe('<html>\n<p>no</p>');
    const other = createSseReader();
    other.take(bytes('data: a\n\n'));
    expect(other.head()).toBe('');
  });

  it('without an end are given up', () => {
    const reader = createSseReader();
    const megabyte = new Uint8Array(1 << 20).fill(0x61);
    expect(() => {
      for (let i = 0; i < 66; i++) reader.take(megabyte);
    }).toThrow(expect.objectContaining({ code: 'backend-garbage' }));
  });
});
