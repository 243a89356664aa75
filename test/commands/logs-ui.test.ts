import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { fitText } from '../../src/commands/ui/logs-fit.js';
import { bytesText, countText, durationText, moneyText, offsetText, oneLine } from '../../src/commands/ui/logs-format.js';
import { compareSides, diffLines } from '../../src/commands/ui/logs-diff-text.js';
import { escapeHtml } from '../../src/commands/ui/logs-escape.js';
import { toHtml } from '../../src/commands/ui/logs-html.js';
import { logsJson } from '../../src/commands/ui/logs-json.js';
import { createListTable } from '../../src/commands/ui/logs-list-table.js';
import { toMarkdown } from '../../src/commands/ui/logs-markdown.js';
import { showLines } from '../../src/commands/ui/logs-show-text.js';
import { summaryLines } from '../../src/commands/ui/logs-summary-text.js';
import type { SessionReport, TurnReport } from '../../src/orchestrator/index.js';
import { readSession } from '../../src/orchestrator/session/read/read-session.js';
import { rebuildSession } from '../../src/orchestrator/session/rebuild.js';
import { cpuMs } from '../support/cpu-ms.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/sessions/read', import.meta.url));
const ID = 'log_20260130_101500_123456';
const folder = mkdtempSync(path.join(tmpdir(), 'massgen-logs-ui-'));
const GOLDEN = 'MASSGEN_TEST_GOLDEN';

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The recorded run of three agents, one of whom fails, with a second vote; with all files that follow from its events. */
async function recorded(): Promise<SessionReport> {
  const directory = path.join(folder, ID);
  mkdirSync(directory, { recursive: true });
  cpSync(path.join(FIXTURES, 'three-agents', ID), directory, { recursive: true });
  await rebuildSession(directory);
  return readSession({ id: ID, directory }, 'all');
}

/** Compares with a file of the fixtures; with MASSGEN_TEST_GOLDEN set it writes the file instead. */
function expectGolden(name: string, text: string): void {
  const file = path.join(FIXTURES, 'three-agents', name);
  if (process.env[GOLDEN] !== undefined) writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

const HOSTILE = '<script>alert(1)</script>"\'&\u001b[31m\u0007\u202e</pre></svg>`````|*_[x](javascript:x)\n# y';

/** A report in which every text is hostile. */
function hostile(report: SessionReport): SessionReport {
  const twist = (value: unknown, key = ''): unknown => {
    if (typeof value === 'string') return ['status', 'standing', 'state', 'event', 'kind', 'outcome', 'started_at'].includes(key) ? value : HOSTILE + (key === 'agent' || key === 'winner' || key === 'voter' || key === 'target' || key === 'agents' ? value : '');
    if (Array.isArray(value)) return value.map((each) => twist(each, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, twist(each, name)]));
  };
  return twist(report) as SessionReport;
}

describe('what a directory of MassGen in Python does not tell', () => {
  it('stands as a dash and not as nothing', async () => {
    const directory = path.join(FIXTURES, 'python', 'log_20260131_090000_000001');
    const session = await readSession({ id: 'log_20260131_090000_000001', directory }, 'all');
    const [turn] = session.turns;
    if (turn === undefined) throw new Error('the fixture has no turn');
    expect(showLines(session, turn, 200).join('\n')).toMatch(/\n {2}agent_a +- +failed +0 +0 +- +- +- +- +- +-\n/u);
    expect(summaryLines(session, turn).join('\n')).toMatch(/\nrounds {5}-\ncalls {6}-\n/u);
  });
});

describe('an exported session', () => {
  it('as HTML is the golden file', async () => {
    expectGolden('export.html', toHtml(await recorded()));
  });

  it('as Markdown is the golden file', async () => {
    expectGolden('export.md', toMarkdown(await recorded()));
  });

  it('as HTML needs nothing else: no scripts, no requests, tags in pairs', async () => {
    const html = toHtml(await recorded());
    expect(html).not.toMatch(/<script|<link|<img|<iframe|javascript:|https?:|url\(|@import|\son\w+=/i);
    expect(html).toContain("default-src 'none'");
    for (const tag of ['svg', 'g', 'title', 'pre', 'table', 'tr', 'td', 'details', 'div', 'text']) {
      expect([tag, (html.match(new RegExp(`<${tag}[ >]`, 'g')) ?? []).length]).toEqual([tag, (html.match(new RegExp(`</${tag}>`, 'g')) ?? []).length]);
    }
  });

  it('as HTML draws every agent’s rounds, answers, votes and failure', async () => {
    const html = toHtml(await recorded());
    const count = (pattern: RegExp): number => (html.match(pattern) ?? []).length;
    expect([count(/<rect class="bar/g), count(/class="mark answer"/g), count(/class="mark vote"/g), count(/class="mark fail"/g), count(/class="mark final"/g)]).toEqual([9, 4, 4, 1, 1]);
    expect([count(/<g class="superseded">/g), count(/<g class="counted">/g)]).toEqual([2, 2]);
  });

  it('cannot be made to do anything by what it shows', async () => {
    const html = toHtml(hostile(await recorded()));
    expect(html).not.toMatch(/<script|\u001b|\u0007|\u202e/);
    expect((html.match(/<pre/g) ?? []).length).toBe((html.match(/<\/pre>/g) ?? []).length);
    expect(html.match(/<svg/g)?.length).toBe(html.match(/<\/svg>/g)?.length);
    const markdown = toMarkdown(hostile(await recorded()));
    let fence = '';
    const outside = markdown.split('\n').filter((line) => {
      const run = /^`{3,}/.exec(line)?.[0];
      if (run === undefined) return fence === '';
      if (fence === '') fence = run;
      else if (line === fence) fence = '';
      return false;
    });
    expect(fence).toBe('');
    expect(outside.join('\n')).not.toMatch(/(?<!\\)[<[]|^# y/m);
    expect(markdown).not.toMatch(/\u001b|\u0007|\u202e/);
  });

  it('of a turn of which nothing is known is still a document', async () => {
    const [turn] = (await recorded()).turns;
    const bare: TurnReport = { ...turn!, question: null, agents: [], winner: null, duration_seconds: null, final_answer: null, vote_results: null, answers: [], votes: [], per_agent: [], rounds: [], timeline: [], errors: [], tools: [] };
    const session = { id: ID, directory: '', turn_count: 1, turns: [bare] };
    expect(toHtml(session)).toContain('There is none.');
    expect(toMarkdown(session)).toContain('(missing)');
    expect(toHtml({ ...session, turns: [{ ...turn!, rounds: [], timeline: [], duration_seconds: 0 }] })).toContain('</svg>');
  });
});

describe('a shown turn', () => {
  it('rules no terminal', async () => {
    const session = hostile(await recorded());
    const lines = showLines(session, session.turns[0]!, 100);
    expect(lines.join('\n')).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });

  it('has the reasons of votes in full', async () => {
    const session = await recorded();
    const [turn] = session.turns;
    const long = `${'because '.repeat(40)}${'x'.repeat(300)}`;
    const { votes, ...rest } = turn!;
    const text = showLines(session, { ...rest, question: 'Q', agents: [], per_agent: [], timeline: [], missing: [], directory: '', votes: votes.map((vote) => ({ ...vote, reason: long })) }, 100).join(' ').replace(/\s+/g, ' ');
    expect([text.split('because').length - 1, text.replace(/[^x]/g, '').length]).toEqual([4 * 40, 4 * 300]);
  });
});

describe('a line of the list', () => {
  it.each([
    ['plain', 8, 'plain   '],
    ['too long for it', 8, 'too lon…'],
    ['exactly8', 8, 'exactly8'],
    ['日本語日本', 8, '日本語… '],
    ['日本語日', 8, '日本語日'],
    ['e\u0301e\u0301', 4, 'e\u0301e\u0301  '],
    ['\u{1f600}\u{1f600}\u{1f600}', 5, '\u{1f600}\u{1f600}…'],
    ['', 3, '   '],
  ])('shows %j in %d columns', (text, width, shown) => {
    expect(fitText(text, width)).toBe(shown);
  });

  it('can stand to the right', () => {
    expect([fitText('7', 3, 'right'), fitText('日', 3, 'right')]).toEqual(['  7', ' 日']);
  });

  it('is one line, whatever the question holds', async () => {
    const [turn] = (await recorded()).turns;
    const table = createListTable(120);
    const row = table.row({ ...turn!, id: ID, question: `a\n\u001b[2Jb\r\n${'c'.repeat(5000)}`, winner: 'x\ny', turns: [turn!] });
    expect(row).not.toMatch(/[\n\r\u001b]/);
    expect(row).toContain('a b ccc');
    expect(row.length).toBeLessThanOrEqual(120);
  });
});

describe('formats', () => {
  it('are short and the same everywhere', () => {
    expect([null, 0.0941, 4.44, 432, 5400].map(durationText)).toEqual(['-', '94 ms', '4.4 s', '7.2 min', '1.5 h']);
    expect([null, 0, 0.0012, 0.5, 12].map(moneyText)).toEqual(['-', '$0.00', '$0.0012', '$0.50', '$12.00']);
    expect([0, 999, 1000, 1234567].map(countText)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([0, 999, 1500, 2.5e9].map(bytesText)).toEqual(['0 B', '999 B', '1.5 kB', '2.5 GB']);
    expect([null, 1.234, 12.34].map(offsetText)).toEqual(['', '+1.23 s', '+12.3 s']);
    expect(oneLine(' a\u001b[31m\n\tb ')).toBe('a b');
    expect(escapeHtml(`<a href="x">&'\u0007`)).toBe('&lt;a href=&quot;x&quot;&gt;&amp;&#39;');
    expect(JSON.parse(logsJson({ a: '\u009b31m\u202e' }))).toEqual({ a: '\u009b31m\u202e' });
    expect(logsJson({ a: '\u009b31m\u202e' })).not.toMatch(/[\u009b\u202e]/);
  });
});

describe('a comparison', () => {
  const side = (name: string, text: string) => ({ name, text });

  it('of the same text says so', () => {
    const report = compareSides(side('a', 'x\ny'), side('b', 'x\ny\n'));
    expect(report).toMatchObject({ same: true, similarity: 1, hunks: [], facts: [] });
    expect(diffLines(report)).toEqual(['a and b give the same answer']);
  });

  it('shows what differs line by line, and how much is the same', () => {
    const report = compareSides(side('a', 'one two three four\nsame'), side('b', 'one two three five\nsame'));
    expect(report.hunks[0]?.lines).toEqual(['-one two three four', '+one two three five', ' same']);
    expect(report.similarity).toBeGreaterThan(0.7);
    expect(diffLines(report)).toEqual(expect.arrayContaining(['--- a', '+++ b', '-one two three four', '+one two three five']));
  });

  it('of long texts does not take long', async () => {
    const text = (word: string): string => Array.from({ length: 4000 }, (_unused, index) => `line ${index} ${index % 7 === 0 ? word : 'same'}`).join('\n');
    const cost = await cpuMs(() => expect(compareSides(side('a', text('x')), side('b', text('y'))).similarity).toBeGreaterThan(0.5));
    expect(cost).toBeLessThan(10_000);
  });

  it('of nothing with something is a comparison', () => {
    expect(compareSides(side('a', ''), side('b', 'x'))).toMatchObject({ same: false, similarity: 0 });
  });
});
