import { afterEach, describe, expect, it } from '@jest/globals';
import { render } from 'ink-testing-library';
import { setTimeout as sleep } from 'node:timers/promises';
import { frameOf } from '../../../../src/commands/ui/live/frame.js';
import { UNICODE } from '../../../../src/commands/ui/live/glyphs.js';
import type { Key } from '../../../../src/commands/ui/live/keys.js';
import { LiveScreen } from '../../../../src/commands/ui/live/live-screen.js';
import { openLiveView, type LiveView } from '../../../../src/commands/ui/live/live-view.js';
import type { Action } from '../../../../src/commands/ui/live/press.js';
import { line, widthOf } from '../../../../src/commands/ui/live/spans.js';
import type { Listeners, Terminal } from '../../../../src/commands/ui/live/terminal.js';
import { FIRST_UI, type UiState } from '../../../../src/commands/ui/live/ui-state.js';
import { until } from '../../../support/until.js';
import { AGREEMENT, begin, ended, folded, stamped, turn, words, type BareEvent } from './events.js';

const plain = (text: string): string => text;
const open: { unmount?: () => void; close?: () => void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) (each.close ?? each.unmount)?.();
});

function shown(events: readonly BareEvent[], ui: Partial<UiState> = {}, size: { columns?: number; rows?: number } = {}, more: { keys?: boolean; steers?: boolean } = {}): string {
  const view = folded(events);
  const frame = frameOf(view, { ...FIRST_UI, ...ui }, { columns: 130, rows: 30, ...size, now: view.t + 2000, glyphs: UNICODE, place: { source: 'team.yaml', log: '/logs/one' }, keys: true, steers: true, ...more });
  const rendered = render(<LiveScreen printed={[]} frame={frame} paint={plain} />);
  open.push(rendered);
  return rendered.lastFrame() ?? '';
}

const busy: readonly BareEvent[] = [begin(undefined, { budget: { maxTokens: 10_000, maxCostMicros: null } }), ...turn('ann', 1), words('ann', 'I write this.'), ...turn('bob', 1), { type: 'retry-wait', agent: 'bob', turn: 1, call: 1, attempt: 1, until: 9000, error: { code: 'backend-overloaded', message: 'too many requests' } }, { type: 'agent-fail', agent: 'cid', error: { code: 'backend-rejected', message: 'the key was refused' } }];

describe('the screen of a live run', () => {
  it('stands agents side by side where they fit: who, how, with what, since when, for how much', () => {
    const screen = shown(busy);
    expect(screen).toMatch(/1 ann ● writing +│ 2 bob ● thinking +│ 3 cid ✗ failed/u);
    expect(screen).toMatch(/test model-1 +│ test model-1/u);
    expect(screen).toMatch(/turn 1 · 0:02 · 0 tok · \$0\.0000/u);
    expect(screen).toMatch(/I write this\./u);
    expect(screen).toContain('the key was refused');
    expect(screen).toContain('too many requests');
    expect(screen).toMatch(/massgen answering {2}0:02 {2}answers 0\/3 {2}votes 0\/2 {2}budget ░{8} 0%/u);
  });

  it('counts a retry down', () => {
    const waiting = [...busy.slice(0, -2), { type: 'call-end', agent: 'bob', turn: 1, call: 1, end: 'error', text: '', toolCalls: [], items: [], usage: { inputTokens: 0, outputTokens: 0 }, usageSource: 'estimated', costMicros: 0 } as BareEvent, ...busy.slice(-2)];
    expect(shown(waiting)).toMatch(/bob ↻ retry in \d+ s/u);
  });

  it.each([40, 60, 100])('names every agent in a line and shows one at %d columns', (columns) => {
    const screen = shown(busy, {}, { columns });
    expect(screen).toMatch(/›1 ann ● writing/u);
    expect(screen).toMatch(/ 3 cid ✗ failed/u);
    expect(screen).toContain('── ann ──');
    expect(screen).toMatch(/q stop .*\? help/u);
    expect(screen).toContain('I write this.');
    for (const row of screen.split('\n')) expect(row.length).toBeLessThanOrEqual(columns);
  });

  it('says in the line of an agent why it failed', () => {
    expect(shown(busy, {}, { columns: 100 })).toMatch(/3 cid ✗ failed .*the key was refused/u);
  });

  it('aligns names by the cells that they take, and keeps rows with them on the screen', () => {
    const ids = ['中文代理', 'عربي', 'plain-one'];
    const cast: BareEvent = { type: 'vote-cast', agent: ids[0]!, turn: 1, target: ids[1]!, rev: 1, label: 'answer2.1', seen: {}, reason: '因为它更清楚', via: 'tool' };
    const votes = shown([begin(ids), cast], { panel: 'votes' }).split('\n').filter((row) => row.includes('░'));
    expect(new Set(votes.map((row) => widthOf(row.slice(0, row.indexOf('░'))))).size).toBe(1);
    for (const columns of [12, 20, 40]) for (const row of shown([begin(ids), cast], { panel: 'timeline' }, { columns }).split('\n')) expect(widthOf(row)).toBeLessThanOrEqual(columns);
  });

  it('drops how the tokens were made up, and then models, before it cuts the cost', () => {
    const [start] = [begin()] as const;
    const long = start.type === 'run-start' ? { ...start, agents: start.agents.map((agent) => ({ ...agent, model: 'a-vendor/with-a-rather-long-model-name-2026' })) } : start;
    for (const columns of [50, 80, 90, 130]) expect(shown([long, ...turn('ann', 1), ended('ann')], { panel: 'cost' }, { columns })).toMatch(/ann .*\$0\.0015$/mu);
    expect(shown([long], { panel: 'cost' }, { columns: 90 })).toContain('long-model-name-2026');
  });

  it('has room for ten agents on a small screen', () => {
    const ids = Array.from({ length: 10 }, (_unused, index) => `agent_${String(index)}`);
    const screen = shown([begin(ids), ...ids.flatMap((id) => turn(id, 1))], {}, { columns: 80, rows: 24 });
    for (const id of ids) expect(screen).toContain(id);
    expect(screen.split('\n').length).toBeLessThan(24);
  });

  it('shows all that an agent has said, row by row, when it is chosen', () => {
    const long = [begin(), ...turn('ann', 1), ...Array.from({ length: 100 }, (_unused, index) => words('ann', `row ${String(index)}\n`))];
    expect(shown(long, { focus: 'ann' }, { rows: 20 })).toMatch(/row 99/u);
    const back = shown(long, { focus: 'ann', scroll: 50 }, { rows: 20 });
    expect(back).not.toContain('row 99');
    expect(back).toContain('row 45');
    expect(shown(long, { focus: 'ann', scroll: 10_000 }, { rows: 20 })).toContain('row 0');
  });

  it('has a panel for votes, answers, the timeline, cost, the system and help', () => {
    expect(shown(AGREEMENT, { panel: 'votes' })).toMatch(/ann {2}█{10} 3 votes {2}★ winner \(unanimous\)[\s\S]*bob for ann \(answer1\.1\)\n {2}saw answer1\.1, answer2\.1, answer3\.1[\s\S]*because bob says so/u);
    expect(shown(AGREEMENT, { panel: 'answers' })).toMatch(/ann {2}answer1\.1 +│ bob {2}answer2\.1[\s\S]*Words of ann\. +│ Words of bob\./u);
    expect(shown(AGREEMENT, { panel: 'timeline' }, { rows: 50 })).toMatch(/ann submits answer1\.1/u);
    expect(shown(AGREEMENT, { panel: 'cost' })).toMatch(/all +6 +6,000 +1,200 +0 +0 +\$0\.0090/u);
    const searched = AGREEMENT.map((event): BareEvent => (event.type === 'call-end' ? { ...event, usage: { ...event.usage, tools: { web_search: { uses: 1, costMicros: 10_000 } } } } : event));
    expect(shown(searched, { panel: 'cost' })).toContain('of it web_search: 6 uses, $0.060');
    expect(shown(AGREEMENT, { panel: 'system' })).toMatch(/configuration +team\.yaml[\s\S]*log +\/logs\/one/u);
    expect(shown(AGREEMENT, { panel: 'help' })).toContain('answer now');
    expect(shown(AGREEMENT, { panel: 'help' }, {}, { steers: false })).not.toContain('answer now');
  });

  it('says nothing of keys where none are heard', () => {
    expect(shown(busy, {}, {}, { keys: false })).not.toContain('? help');
  });

  it('has the message that is being written, with its cursor', () => {
    expect(shown(busy, { draft: { before: 'be ', after: 'quick' } })).toContain('> be ▏quick');
  });

  it('puts what is finished above what moves', () => {
    const rendered = render(<LiveScreen printed={[{ key: 1, lines: [line('done')] }]} frame={null} paint={plain} />);
    open.push(rendered);
    expect(rendered.lastFrame()).toContain('done');
  });
});

interface Fake extends Terminal {
  stopped: number;
  readonly written: string[];
  readonly listeners: () => Listeners;
  size: { columns: number; rows: number };
}

function fakeTerminal(): Fake {
  let listeners: Listeners | null = null;
  const fake: Fake = {
    size: { columns: 100, rows: 30 },
    stopped: 0,
    stops: () => fake.stopped,
    columns: () => fake.size.columns,
    rows: () => fake.size.rows,
    written: [],
    write: (text) => void fake.written.push(text),
    keys: true,
    open: (given) => {
      listeners = given;
    },
    listen: () => undefined,
    suspend: () => void fake.written.push('SUSPEND'),
    close: () => void fake.written.push('CLOSED'),
    listeners: () => listeners!,
  };
  return fake;
}

function live(terminal: Fake): { readonly view: LiveView; readonly actions: Action[]; readonly key: (key: Key) => void } {
  const actions: Action[] = [];
  const view = openLiveView({ terminal, paint: plain, glyphs: UNICODE, place: { source: null, log: '/logs/one' }, steers: true, act: (action) => actions.push(action), now: () => performance.now() });
  open.push(view);
  return { view, actions, key: (key) => terminal.listeners().onKey(key) };
}

const redraws = (terminal: Fake): number => terminal.written.filter((text) => text.includes('massgen ')).length;

describe('a live view on a terminal', () => {
  it('redraws at most twenty times a second, however fast words come', async () => {
    const terminal = fakeTerminal();
    const { view } = live(terminal);
    for (const event of stamped([begin(), ...turn('ann', 1)])) view.take(event);
    const until = performance.now() + 600;
    let count = 0;
    for (; performance.now() < until; count += 1) {
      view.take(stamped([words('ann', `word${String(count)} `)])[0]!);
      if (count % 50 === 0) await sleep(1);
    }
    expect(count).toBeGreaterThan(500);
    expect(redraws(terminal)).toBeGreaterThan(2);
    expect(redraws(terminal)).toBeLessThanOrEqual(14);
  });

  it('clears nothing but its own rows', async () => {
    const terminal = fakeTerminal();
    const { view, key } = live(terminal);
    for (const event of stamped(AGREEMENT)) view.take(event);
    await sleep(80);
    for (const panel of ['v', 'a', 't', 'c', 's', '?']) {
      key({ name: panel, text: panel });
      await sleep(60);
    }
    terminal.size = { columns: 60, rows: 8 };
    terminal.listeners().onResize();
    await sleep(80);
    view.close();
    // Neither the screen, nor the scrollback, nor the other screen.
    expect(terminal.written.join('')).not.toMatch(/\u001b\[[23]J|\u001bc|\u001b\[H|\u001b\[\?1049h/u);
  });

  it('ends with votes, winner, cost and log, and gives the terminal back', async () => {
    const terminal = fakeTerminal();
    const { view } = live(terminal);
    for (const event of stamped(AGREEMENT)) view.take(event);
    view.close();
    view.close();
    const text = terminal.written.join('');
    expect(text).toMatch(/votes[\s\S]*★ winner \(unanimous\)[\s\S]*winner: ann with answer1\.1[\s\S]*\$0\.0090[\s\S]*log: \/logs\/one/u);
    expect(terminal.written.at(-1)).toBe('CLOSED');
    expect(text.split('ann submits answer1.1')).toHaveLength(2);
  });

  it('holds the picture while it is paused, and catches up', async () => {
    const terminal = fakeTerminal();
    const { view, key } = live(terminal);
    for (const event of stamped([begin(), ...turn('ann', 1)])) view.take(event);
    await sleep(80);
    key({ name: 'p', text: 'p' });
    view.take(stamped([words('ann', 'unseen')])[0]!);
    await sleep(120);
    expect(terminal.written.join('')).toContain('PAUSED');
    expect(terminal.written.join('')).not.toContain('unseen');
    key({ name: 'p', text: 'p' });
    await sleep(120);
    expect(terminal.written.join('')).toContain('unseen');
  });

  it('hands on what keys ask for', () => {
    const terminal = fakeTerminal();
    const { view, actions, key } = live(terminal);
    for (const event of stamped([begin(), ...turn('ann', 1)])) view.take(event);
    for (const name of ['1', 'x', 'f', 'q']) key({ name, text: name });
    key({ name: 'z', text: '', ctrl: true });
    expect(actions).toEqual([{ type: 'stop-agent', agent: 'ann' }, { type: 'answer-now' }, { type: 'interrupt' }]);
    expect(terminal.written).toContain('SUSPEND');
  });

  it('prints what the program itself has to say above its frame', async () => {
    const terminal = fakeTerminal();
    const { view } = live(terminal);
    view.say('massgen: stopping on SIGINT; once more to leave at once\n');
    await sleep(100);
    expect(terminal.written.join('')).toContain('stopping on SIGINT');
  });

  it('leaves alone what stands there since the process was stopped, and still prints what is new', async () => {
    const terminal = fakeTerminal();
    const { view } = live(terminal);
    for (const event of stamped([begin(), ...turn('ann', 1)])) view.take(event);
    await until(() => redraws(terminal) > 0);
    terminal.stopped += 1;
    terminal.written.length = 0;
    view.say('something new');
    await until(() => redraws(terminal) > 0);
    const text = terminal.written.join('');
    expect(text.slice(0, text.indexOf('massgen '))).not.toMatch(/\u001b\[\d*[AK]/u);
    expect(text).toContain('something new');
  });

  it('lets the terminal break what goes to the scrollback, but no row of the frame', async () => {
    const terminal = fakeTerminal();
    const { view } = live(terminal);
    for (const event of stamped(AGREEMENT)) view.take(event);
    await until(() => redraws(terminal) > 0);
    view.close();
    const [kept, broken] = ['\u001b[?7l', '\u001b[?7h'];
    expect(terminal.written.some((text) => text.includes('★ winner') && text.startsWith(kept) && text.endsWith(broken))).toBe(true);
    const printed = terminal.written.filter((text) => /ann submits|log: \/logs/u.test(text));
    expect(printed).not.toHaveLength(0);
    for (const text of printed) expect(text).not.toMatch(/\u001b\[\?7l|\ufdd0/u);
  });

  it('wipes its old rows after a resize, as many as they have become', async () => {
    const terminal = fakeTerminal();
    const { view } = live(terminal);
    for (const event of stamped([begin(), ...turn('ann', 1)])) view.take(event);
    await sleep(100);
    terminal.size = { columns: 50, rows: 30 };
    terminal.written.length = 0;
    terminal.listeners().onResize();
    const [first = ''] = terminal.written;
    expect(first).toMatch(/^\r\u001b\[2K(?:\u001b\[1A\u001b\[2K)+$/u);
    // The rule and the hints of 100 columns are two rows each now.
    expect(first.split('\u001b[1A').length - 1).toBeGreaterThan(9);
  });
});
