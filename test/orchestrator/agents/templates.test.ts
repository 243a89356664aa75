import { describe, expect, it } from '@jest/globals';
import { findTemplate, listTemplates } from '../../../src/orchestrator/agents/templates.js';
import { toolProfileOf, toolProfiles } from '../../../src/orchestrator/agents/tool-profiles.js';
import { refuseBadName } from '../../../src/orchestrator/agents/agent-name.js';

const WANTED = ['analyst', 'architect', 'assistant', 'coder', 'debugger', 'planner', 'researcher', 'reviewer', 'security-auditor', 'tester', 'translator', 'writer'];
const templates = await listTemplates();

describe('the templates', () => {
  it('are those that were promised', () => {
    expect(templates.map(({ name }) => name)).toEqual(WANTED);
  });

  it.each(templates)('hold a whole agent for $name', ({ name, summary, agent }) => {
    expect(Object.keys(agent)).toEqual(['id', 'tools', 'system_message']);
    expect(agent['id']).toBe(name);
    expect(toolProfileOf(agent['tools'] as string)).toBeDefined();
    expect(summary).toMatch(/^[A-Z][^.]{20,70}$/u);
    refuseBadName(name);
    const prompt = agent['system_message'] as string;
    expect(prompt.split(/\s+/u).length).toBeGreaterThan(250);
    expect(prompt).toMatch(/^You are /u);
    // Nothing in them is a variable.
    expect(prompt).not.toContain('${');
  });

  it('differ from each other line by line', () => {
    const lines = templates.flatMap(({ agent }) => new Set((agent['system_message'] as string).split('\n').filter((line) => line.length > 30)));
    const all = lines.flatMap((set) => [...set]);
    expect(all.filter((line, index) => all.indexOf(line) !== index)).toEqual([]);
  });

  it('are found by name, else the nearest one is named', async () => {
    expect((await findTemplate('coder')).name).toBe('coder');
    await expect(findTemplate('codr')).rejects.toMatchObject({ code: 'usage-invalid', message: 'there is no template "codr"; did you mean "coder"?' });
    await expect(findTemplate('serch', true)).rejects.toMatchObject({ message: expect.stringContaining('there is no profile "serch"') });
    await expect(findTemplate('../package', true)).rejects.toMatchObject({ code: 'usage-invalid' });
  });
});

describe('the sets of tools', () => {
  it('have the names that agents are given', () => {
    expect(toolProfiles.map(({ name, tools }) => [name, tools.length > 0])).toEqual([['minimal', true], ['coding', true], ['research', true], ['full', true]]);
  });
});
