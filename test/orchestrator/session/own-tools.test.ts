import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createToolDigest } from '../../../src/orchestrator/session/read/digest/tools.js';
import { timelineEntry } from '../../../src/orchestrator/session/read/digest/timeline.js';
import { createPlainView } from '../../../src/commands/ui/plain-lines.js';
import { foldView } from '../../../src/commands/ui/live/fold-view.js';
import { EMPTY_VIEW, viewOf } from '../../../src/commands/ui/live/view-state.js';
import { EMPTY, fold } from '../../../src/orchestrator/index.js';
import { playSession, removeSessions, type PlayedSession } from '../../support/session-run.js';

const CONFIG = {
  agent: {
    id: 'solo',
    backend: {
      type: 'scripted',
      cwd: 'desk',
      script: [
        { tools: [{ name: 'write_file', arguments: { path: 'a.md', content: 'kept' } }] },
        { text: 'Then I look.', tool: { name: 'read_text_file', arguments: { path: 'missing.md' } } },
        { text: 'Done.' },
      ],
    },
  },
};

let played: PlayedSession;
let files: Readonly<Record<string, string>> = {};
beforeAll(async () => {
  played = await playSession(CONFIG);
  const step = readdirSync(path.join(played.turn, 'solo'))[0] ?? '';
  const read = (...parts: readonly string[]): string => readFileSync(path.join(played.turn, ...parts), 'utf8');
  files = { log: read('massgen.log'), outputs: read('agent_outputs/solo.txt'), metrics: read('metrics_summary.json'), trace: read('solo', step, 'execution_trace.md'), context: read('solo', step, 'context.txt') };
});
afterEach(removeSessions);

describe("an agent's own tools in the log of a turn", () => {
  it('are in its trace with arguments and results, once', () => {
    expect(files['trace']).toContain('### Tool Call: write_file');
    expect(files['trace']?.match(/### Tool Call: read_text_file/gu)).toHaveLength(1);
    expect(files['trace']).toContain('### Tool Result: write_file');
    expect(files['trace']).toContain('### Tool Error: read_text_file');
  });

  it('are counted with their failures', () => {
    const { tools } = JSON.parse(files['metrics'] ?? '{}') as { readonly tools: { readonly total_calls: number; readonly total_failures: number; readonly by_tool: Readonly<Record<string, object>> } };
    expect(tools).toMatchObject({ total_calls: 2, total_failures: 1, by_tool: { write_file: { call_count: 1, success_count: 1, tool_type: 'custom' }, read_text_file: { failure_count: 1 } } });
    const digest = createToolDigest();
    for (const event of played.events) digest.take(event);
    expect(digest.tools()).toMatchObject([{ tool: 'write_file', kind: 'own', calls: 1, failures: 0 }, { tool: 'read_text_file', kind: 'own', calls: 1, failures: 1 }]);
  });

  it('are lines of massgen.log, of the agent’s output and of the timeline', () => {
    expect(files['log']).toMatch(/\[TOOLS\] solo: .*write_file/u);
    expect(files['log']).toContain('[TOOL] solo: write_file ok');
    expect(files['outputs']).toContain('✅ write_file completed');
    expect(files['outputs']).toContain('❌ read_text_file failed');
    expect(played.events.flatMap((event) => (event.type === 'tool-end' ? [timelineEntry(event)?.text] : []))).toEqual(['uses write_file', 'uses read_text_file, which failed']);
  });

  it('are among the tools that context.txt says were offered', () => {
    expect((JSON.parse(files['context'] ?? '{}') as { readonly tools: readonly { readonly name: string }[] }).tools.map(({ name }) => name)).toContain('write_file');
  });
});

describe("an agent's own tools for whoever watches", () => {
  it('are plain lines with their arguments, and what failed', () => {
    const view = createPlainView();
    let state = EMPTY;
    const lines = played.events.flatMap((event) => {
      state = fold(state, event);
      return view(event, state).map(({ text }) => text);
    });
    expect(lines).toContain('uses write_file (path: a.md, content: kept)');
    expect(lines.some((line) => line.startsWith('read_text_file failed: '))).toBe(true);
  });

  it('are what an agent is at in the live view, until they have ended', () => {
    let view = EMPTY_VIEW;
    const seen: (string | null)[] = [];
    for (const event of played.events) {
      view = foldView(view, event);
      if (event.type === 'tool-start' || event.type === 'tool-end') seen.push(viewOf(view, 'solo').tool);
    }
    expect(seen).toEqual(['write_file (path: a.md, content: kept)', null, 'read_text_file (path: missing.md)', null]);
  });
});
