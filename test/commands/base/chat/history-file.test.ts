import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { openHistory } from '../../../../src/commands/base/chat/history-file.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function historyFile(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'massgen-history-'));
  folders.push(folder);
  return path.join(folder, 'chat_history');
}

describe('the history of conversations', () => {
  it('loses a line that was not written to its end, and none beside it', () => {
    const file = historyFile();
    writeFileSync(file, '"one"\n{"two\n"three"\n7\n');
    appendFileSync(file, '"cut of');
    const history = openHistory(file);
    expect(history.all()).toEqual(['one', 'three']);
    history.add('four');
    history.add('five');
    expect(openHistory(file).all()).toEqual(['one', 'three', 'four', 'five']);
  });

  it('has a document that was pasted for as long as the conversation lasts, and no longer', () => {
    const file = historyFile();
    const history = openHistory(file);
    history.add('a question');
    history.add('document '.repeat(10_000));
    expect(history.all()).toEqual(['a question', 'document '.repeat(10_000)]);
    expect(openHistory(file).all()).toEqual(['a question']);
  });
});
