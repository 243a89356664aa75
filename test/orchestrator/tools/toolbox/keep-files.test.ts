import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Toolbox, ToolResult } from '../../../../src/orchestrator/tools/contract.js';
import { tool, toolboxOf, toolContext } from '../../../support/tools.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'toolbox-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const call = (box: Toolbox, name: string): Promise<ToolResult> => box.call({ id: '1', name, argumentsText: '{}' }, toolContext());

describe('what a tool answers', () => {
  it('goes to files where it is no text, and where they are is told', async () => {
    const files = [
      { mediaType: 'audio/mpeg', base64: 'AAAA', isShown: false },
      { mediaType: 'application/octet-stream', name: 'Resource file:///report.xlsx', base64: 'AAAA', isShown: false },
      { mediaType: 'image/png', base64: 'AAAA', isShown: true },
    ];
    const images = [{ type: 'image' as const, mediaType: 'image/png', base64: 'AAAA' }];
    const box = await toolboxOf([tool('go', () => ({ text: 'Here.', images, files }))], { resultFolder: folder });
    const at = (name: string): string => path.join(folder, name);
    expect(await call(box, 'go')).toEqual({ status: 'ok', images, text: `Here.\n[audio/mpeg, 3 bytes, not shown: kept in ${at('001_go.mp3')}]\n[Resource file:///report.xlsx, application/octet-stream, 3 bytes, not shown: kept in ${at('002_go.xlsx')}]\n[image/png, 3 bytes: kept in ${at('003_go.png')}]` });
    expect(readFileSync(at('001_go.mp3'))).toEqual(Buffer.alloc(3));
    const unlogged = await toolboxOf([tool('go', () => ({ text: '', images, files }))], { resultFolder: null });
    expect(await call(unlogged, 'go')).toEqual({ status: 'ok', images, text: '[audio/mpeg, 3 bytes, not shown]\n[Resource file:///report.xlsx, application/octet-stream, 3 bytes, not shown]' });
  });

  it('tells no secret, whatever its files are called', async () => {
    const files = [{ mediaType: 'application/pdf', name: 'Resource https://host/f?sig=s3cret', base64: 'AAAA', isShown: false }];
    const box = await toolboxOf([tool('go', () => ({ text: 'Here.', files }))], { resultFolder: null, mask: (text) => text.replaceAll('s3cret', '***') });
    expect((await call(box, 'go')).text).toBe('Here.\n[Resource https://host/f?sig=***, application/pdf, 3 bytes, not shown]');
  });

  it('is the same as before wherever it is kept', async () => {
    const box = await toolboxOf([tool('go', () => ({ text: 'x'.repeat(5000) }), { effects: 'none' })], { resultFolder: folder, resultLimit: 400 });
    for (let turn = 1; turn <= 5; turn += 1) await call(box, 'go');
    expect(await call(box, 'go')).toMatchObject({ status: 'refused', text: expect.stringContaining('the same result 5 times') });
  });
});
