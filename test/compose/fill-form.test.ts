import { describe, expect, it } from '@jest/globals';
import { formFiller } from '../../src/compose/fill-form.js';
import type { FormField, FormReply } from '../../src/orchestrator/tools/mcp/deps.js';
import { readForm } from '../../src/orchestrator/tools/mcp/read-form.js';

const field = (type: FormField['type'], more: Partial<FormField> = {}): FormField => ({ name: 'f', title: 'A field', type, required: true, ...more });
const choices = [
  { value: 'r', title: 'Red' },
  { value: 'g', title: 'Green' },
];

/** What comes of a form of one field when the user says these things, one after the other. */
async function filled(one: FormField, ...said: readonly (string | null)[]): Promise<FormReply> {
  const left = [...said];
  return formFiller(() => Promise.resolve(true), () => Promise.resolve(left.shift() ?? null))({ server: 's', message: 'Who are you?', fields: [one] }, new AbortController().signal);
}

describe('a form of an MCP server', () => {
  it.each([
    [field('text'), ['Ada'], 'Ada'],
    [field('integer'), ['x', '1.5', '7'], 7],
    [field('number'), ['1.5'], 1.5],
    [field('flag'), ['perhaps', 'yes'], true],
    [field('choice', { choices }), ['3', '2'], 'g'],
    [field('choice', { choices }), ['red'], 'r'],
    [field('choices', { choices }), ['1, green'], ['r', 'g']],
    [field('text', { otherwise: 'usual' }), [''], 'usual'],
    [field('text', { required: false }), [''], undefined],
  ] as const)('%j filled in with %j is %j', async (one, said, value) => {
    expect(await filled(one, ...said)).toEqual({ action: 'accept', content: value === undefined ? {} : { f: value } });
  });

  it('is given up with the user’s patience', async () => {
    expect(await filled(field('integer'), 'a', 'b', 'c')).toEqual({ action: 'cancel' });
    expect(await filled(field('text'), null)).toEqual({ action: 'cancel' });
    expect(await filled(field('text'), '', '', '')).toEqual({ action: 'cancel' });
  });

  it('is declined when the user will not', async () => {
    const asked: string[] = [];
    const fill = formFiller((question) => {
      asked.push(question);
      return Promise.resolve(false);
    }, () => Promise.reject(new Error('not asked')));
    expect(await fill({ server: 's', message: 'Who are you?', fields: [field('text')] }, new AbortController().signal)).toEqual({ action: 'decline' });
    expect(asked).toEqual(['The MCP server s asks: Who are you? It wants to know: f. Answer it?']);
  });

  it('is read from what a stranger wrote', () => {
    const properties = { a: { type: 'string', title: 'A\u001b[2J name', description: 'of yours' }, b: { type: 'string', enum: ['x', 'y'], enumNames: ['X', 'Y'] }, c: { type: 'array', items: { anyOf: [{ const: 'p', title: 'P' }] } }, d: null };
    expect(readForm('s', { message: 'Hi\u202e', requestedSchema: { type: 'object', properties, required: ['a'] } })).toEqual({
      server: 's',
      message: 'Hi',
      fields: [
        { name: 'a', title: 'A name: of yours', type: 'text', required: true },
        { name: 'b', title: 'b', type: 'choice', required: false, choices: [{ value: 'x', title: 'X' }, { value: 'y', title: 'Y' }] },
        { name: 'c', title: 'c', type: 'choices', required: false, choices: [{ value: 'p', title: 'P' }] },
        { name: 'd', title: 'd', type: 'text', required: false },
      ],
    });
    expect(readForm('s', { requestedSchema: { properties: Object.fromEntries(Array.from({ length: 30 }, (_unused, index) => [`f${String(index)}`, {}])) } })).toBeUndefined();
    expect(readForm('s', null)).toBeUndefined();
  });
});
