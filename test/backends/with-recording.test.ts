import { describe, expect, it } from '@jest/globals';
import type { BackendEvent } from '../../src/backends/contract.js';
import { createBackend } from '../../src/backends/create.js';
import { withRecording } from '../../src/backends/with-recording.js';
import { collect, requestOf } from '../support/backend-collect.js';

describe('a recording', () => {
  it('holds what the reader heard, and changes none of it', async () => {
    const recorded: BackendEvent[][] = [];
    const plain = createBackend({ type: 'scripted', script: [{ text: 'one two' }, { text: 'three' }] }, { env: {} });
    const backend = withRecording(plain, (request, events) => {
      recorded[request.callIndex] = [...events];
    });
    const heard = await collect(backend);
    expect(heard).toEqual(await collect(plain));
    expect(recorded).toEqual([heard]);
    for await (const event of backend.stream(requestOf({ callIndex: 1 }), new AbortController().signal)) {
      expect(event.type).toBe('text-delta');
      break;
    }
    expect(recorded[1]).toEqual([{ type: 'text-delta', text: 'three' }]);
    expect(backend.complaint?.(2)).toBeUndefined();
  });
});
