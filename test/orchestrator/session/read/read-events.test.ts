import { appendFileSync, closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createProblemList } from '../../../../src/orchestrator/session/read/problem-list.js';
import { readEvents } from '../../../../src/orchestrator/session/read/read-events.js';
import { createLineSplitter } from '../../../../src/orchestrator/session/read/split-lines.js';
import { retainedMb } from '../../../support/retained-mb.js';
import { HEADER, answerFinal, collect, logText, removeFolders, runEnd, runStart, stamped, temporaryFolder } from './sessions.js';

afterEach(removeFolders);

const EVENTS = stamped([runStart('Why?'), answerFinal('Because.'), runEnd()]);

async function readText(text: string | Buffer): Promise<{ readonly types: readonly string[]; readonly problems: readonly string[] }> {
  const file = path.join(temporaryFolder(), 'events.jsonl');
  writeFileSync(file, text);
  const problems = createProblemList();
  const events = (await collect(readEvents(file, problems))).flat();
  return { types: events.map(({ type }) => type), problems: problems.all().map(({ message }) => message) };
}

const ALL = ['run-start', 'answer-final', 'run-end'];

describe('lines', () => {
  const linesOf = (chunks: readonly string[], longest?: number) => {
    const splitter = createLineSplitter(longest);
    return { lines: chunks.flatMap((chunk) => splitter.take(Buffer.from(chunk, 'latin1'))), pending: splitter.pending() };
  };

  it('end at line feeds only', () => {
    const splitter = createLineSplitter();
    expect(splitter.take(Buffer.from('a\u2028b\u0085c\rd\r\ne\n')).map(({ text }) => text)).toEqual(['a\u2028b\u0085c\rd\r', 'e']);
  });

  it('are the same however the bytes are cut into chunks, also inside a character', () => {
    const bytes = Buffer.from('één\n\n日本\n\u{1f600}x\nrest');
    for (let size = 1; size <= bytes.length; size += 1) {
      const splitter = createLineSplitter();
      const lines = [];
      for (let at = 0; at < bytes.length; at += size) lines.push(...splitter.take(bytes.subarray(at, at + size)));
      expect(lines.map(({ text, number }) => `${number} ${text}`)).toEqual(['1 één', '2 ', '3 日本', '4 \u{1f600}x']);
      expect(splitter.pending()).toBe(4);
    }
  });

  it('may hold other bytes than UTF-8, which is said of them and of no others', () => {
    expect(linesOf(['good\nb\xffd\ngood\n']).lines).toEqual([
      { number: 1, text: 'good' },
      { number: 2, text: 'b\ufffdd', flaw: 'not UTF-8' },
      { number: 3, text: 'good' },
    ]);
  });

  it('that are too long are skipped, not held', () => {
    const { lines, pending } = linesOf(['a\nxxxxx', 'xxxxxxxxx', 'xxx\nb\nyyyyyyyyyyy'], 8);
    expect(lines).toEqual([{ number: 1, text: 'a' }, { number: 2, text: '', flaw: 'too long' }, { number: 3, text: 'b' }]);
    expect(pending).toBe(11);
  });
});

describe('the events of a file', () => {
  it('are all there', async () => {
    expect(await readText(logText(EVENTS))).toEqual({ types: ALL, problems: [] });
  });

  it('go without a torn last line, wherever it is torn, and that is said', async () => {
    const text = logText(EVENTS);
    const last = text.lastIndexOf('\n', text.length - 2) + 1;
    for (const end of [last + 1, last + 40, text.length - 1]) {
      expect(await readText(text.slice(0, end))).toEqual({ types: ALL.slice(0, 2), problems: [`the last line is torn (${end - last} bytes without an end) and is dropped`] });
    }
  });

  it('of an empty file are none', async () => {
    expect(await readText('')).toEqual({ types: [], problems: ['events.jsonl holds nothing: the run ended before its first event'] });
  });

  it('keep U+2028 and other line ends of Unicode', async () => {
    const file = path.join(temporaryFolder(), 'events.jsonl');
    writeFileSync(file, logText(stamped([runStart('a\u2028b\u2029c\u0085d')])));
    const [event] = (await collect(readEvents(file, createProblemList()))).flat();
    expect(event).toMatchObject({ task: 'a\u2028b\u2029c\u0085d' });
  });

  it.each<[name: string, line: string | Buffer, problem: string]>([
    ['no JSON', 'nonsense', 'line 3 is not JSON and is left out'],
    ['nothing', '', 'line 3 is not JSON and is left out'],
    ['JSON that is no event', '[1]', 'line 3 is not a whole event: type is missing or of the wrong kind and is left out'],
    ['half an event', '{"type":"answer-final","seq":9,"at":"","t":1}', 'line 3 is not a whole event: agent is missing or of the wrong kind and is left out'],
    ['an event about a stranger', '{"type":"agent-fail","agent":"mallory","error":{"code":"internal","message":"x"},"seq":2,"at":"","t":1}', 'line 3 speaks of agent "mallory", who is not in the run, and is left out'],
    ['bytes that are not UTF-8', Buffer.from([0xff, 0xfe]), 'line 3 has bytes that are not UTF-8; they show as \ufffd'],
  ])('go on after a line with %s', async (_name, line, problem) => {
    const [start = '', ...rest] = EVENTS.map((event) => `${JSON.stringify(event)}\n`);
    const text = Buffer.concat([Buffer.from(`${JSON.stringify(HEADER)}\n${start}`), Buffer.from(line), Buffer.from(`\n${rest.join('')}`)]);
    const { types, problems } = await readText(text);
    expect({ types, problems }).toMatchObject({ types: expect.arrayContaining(['run-start', 'run-end']), problems: expect.arrayContaining([problem]) });
  });

  it('tell what is missing between them, and leave out what comes twice', async () => {
    const [start, final, end] = EVENTS;
    expect(await readText(logText([start!, { ...end!, seq: 5 }]))).toEqual({ types: ['run-start', 'run-end'], problems: ['events 2 to 4 are missing'] });
    expect(await readText(logText([start!, final!, final!, end!]))).toEqual({ types: ALL, problems: ['line 4 repeats event 2 and is left out'] });
  });

  it('of a kind that nobody knows yet are passed on', async () => {
    const text = logText(stamped([runStart('Why?'), { type: 'telepathy', agent: 'agent_a', strength: 9 }, runEnd()]));
    expect(await readText(text)).toEqual({ types: ['run-start', 'telepathy', 'run-end'], problems: [] });
  });

  it('say at most fifty things that are wrong, and how many more', async () => {
    const { problems } = await readText(`${JSON.stringify(HEADER)}\n${'x\n'.repeat(80)}`);
    expect(problems.length).toBe(51);
    expect(problems.at(-1)).toBe('and 30 more');
  });
});

describe('a file that cannot be read', () => {
  it('because its version is not known says what to do', async () => {
    await expect(readText(logText(EVENTS, { ...HEADER, version: 2 }))).rejects.toMatchObject({ code: 'log-refused', message: expect.stringMatching(/has version 2 of the event log, and this massgen reads version 1; update massgen to read it$/) });
  });

  it.each([['events of another program', '{"timestamp":"2026","event_type":"text"}\n'], ['something else', 'hello\n'], ['nothing but a line feed', '\n']])('because it holds %s says so', async (_name, text) => {
    await expect(readText(text)).rejects.toMatchObject({ code: 'log-refused', message: expect.stringMatching(/is not an event log of massgen: its first line is not the header$/) });
  });

  it('because it is a pipe does not wait for it', async () => {
    const file = path.join(temporaryFolder(), 'events.jsonl');
    await new Promise((resolve) => spawn('mkfifo', [file]).on('close', resolve));
    await expect(collect(readEvents(file, createProblemList()))).rejects.toMatchObject({ code: 'log-refused' });
  });

  it('because it is a directory says so', async () => {
    const file = path.join(temporaryFolder(), 'events.jsonl');
    mkdirSync(file);
    await expect(collect(readEvents(file, createProblemList()))).rejects.toMatchObject({ code: 'log-refused', message: `${file} is not a file` });
  });
});

describe('a large file', () => {
  it('is read without being held', async () => {
    const file = path.join(temporaryFolder(), 'events.jsonl');
    writeFileSync(file, logText(stamped([runStart('Why?')])));
    const handle = openSync(file, 'a');
    const [batches, each] = [200, 1000];
    let seq = 1;
    for (let batch = 0; batch < batches; batch += 1) {
      let text = '';
      for (let line = 0; line < each; line += 1) text += `${JSON.stringify({ type: 'text-delta', of: 'reply', text: 'word '.repeat(100), agent: 'agent_a', turn: 1, call: 1, seq: ++seq, at: '', t: seq, epoch: 1 })}\n`;
      writeSync(handle, text);
    }
    closeSync(handle);
    appendFileSync(file, `${JSON.stringify({ ...EVENTS[2], seq: seq + 1 })}\n`);
    const problems = createProblemList();
    let [count, most] = [0, 0];
    const before = retainedMb();
    let looks = 0;
    for await (const events of readEvents(file, problems)) {
      count += events.length;
      if (count > looks * 40_000) {
        looks += 1;
        most = Math.max(most, retainedMb() - before);
      }
    }
    expect({ count, problems: problems.all() }).toEqual({ count: batches * each + 2, problems: [] });
    // The file has 120 MB.
    expect(most).toBeLessThan(80);
  });
});
