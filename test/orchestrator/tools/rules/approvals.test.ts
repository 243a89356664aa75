import { describe, expect, it } from '@jest/globals';
import type { Tool, ToolContext } from '../../../../src/orchestrator/tools/contract.js';
import { approvalOf, approvalRule, createAsking, questionOf, readApprovals } from '../../../../src/orchestrator/tools/rules/approvals.js';

const tool = (name: string, effects: Tool['effects'] = 'outside'): Tool => ({ name: `mcp__s__${name}`, aliases: [name], description: '', parameters: {}, effects, run: () => Promise.resolve({ text: '' }) });
const context = (signal = new AbortController().signal): ToolContext => ({ agent: 'ada', callId: 'c', signal, delivering: false, progress: () => undefined, spent: () => undefined });
const list = (written: unknown) => readApprovals(written, 'orchestrator');

describe('approvals', () => {
  it('are the first match of each list, and the strictest of these', () => {
    const team = list({ 'write_*': 'ask', '*': 'auto' });
    expect(approvalOf([team], tool('write_file'))).toBe('ask');
    expect(approvalOf([team], tool('read_file'))).toBe('auto');
    expect(approvalOf([team, list('deny')], tool('read_file'))).toBe('deny');
    expect(approvalOf([team, list({ write_file: 'auto' })], tool('write_file'))).toBe('ask');
    expect(approvalOf([], tool('write_file'))).toBe('auto');
  });

  it('can be for all tools that may change something outside', () => {
    const outside = list({ 'effects:outside': 'ask' });
    expect(approvalOf([outside], tool('x', 'outside'))).toBe('ask');
    expect(approvalOf([outside], tool('x', 'workspace'))).toBe('auto');
  });

  it('refuse a word that is none', () => {
    expect(() => list({ x: 'maybe' })).toThrow('orchestrator.tool_approval: x is "maybe"; write auto, ask or deny');
    expect(() => list('yes')).toThrow('write auto, ask or deny');
  });

  it('deny where nobody can be asked, and say so', async () => {
    expect(await approvalRule([list('ask')], createAsking(undefined))(tool('x'), {}, context())).toContain('there is nobody to ask');
    expect(await approvalRule([list('deny')], createAsking(() => Promise.resolve(true)))(tool('x'), {}, context())).toContain('does not allow');
  });

  it('ask one question after the other', async () => {
    const answers: ((yes: boolean) => void)[] = [];
    const rule = approvalRule([list('ask')], createAsking(() => new Promise((resolve) => answers.push(resolve))));
    const verdicts = [rule(tool('x'), {}, context()), rule(tool('y'), {}, context())];
    await new Promise(setImmediate);
    expect(answers).toHaveLength(1);
    answers[0]!(true);
    expect(await verdicts[0]).toBeNull();
    await new Promise(setImmediate);
    answers[1]!(false);
    expect(await verdicts[1]).toContain('the user did not allow this call');
  });

  it('do not ask about a call that nobody waits for any more', async () => {
    const asked: string[] = [];
    const asking = createAsking((question) => {
      asked.push(question);
      return Promise.resolve(true);
    });
    expect(await asking(tool('x'), {}, context(AbortSignal.abort()))).toContain('Not run');
    expect(asked).toEqual([]);
  });

  it('show what is asked for, without what a terminal would obey', () => {
    const question = questionOf(tool('write_file'), { path: 'a\u001b[2Jb\u202e', content: 'x'.repeat(10_000) }, context());
    expect(question).toContain('Agent ada would call mcp__s__write_file with {');
    expect(question).not.toMatch(/[\u001b\u202e]/u);
    expect(question.length).toBeLessThan(2000);
  });
});
