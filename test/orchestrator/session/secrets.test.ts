import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { rebuildSession } from '../../../src/orchestrator/session/rebuild.js';
import { filesBelow, oneAgent, playSession, readStatus, readText, removeSessions } from '../../support/session-run.js';

afterAll(removeSessions);

const KEY = 'sk-proj-0123456789abcdefghij';
const ODD = 'pass"word\\with 7 signs';

const filesWith = (turn: string, text: string): readonly string[] => filesBelow(turn).filter((name) => readFileSync(path.join(turn, name), 'utf8').includes(text));

describe('a key that the run knows', () => {
  it('is in no file of its log, though the prompt and the answer have it', async () => {
    const { turn, result } = await playSession(oneAgent({ reasoning: `So ${KEY} it is`, text: `Your key is ${KEY}, and ${ODD}.` }), { prompt: `Why is ${KEY} refused, or ${ODD}?`, env: { OPENAI_API_KEY: KEY, MY_PASSWORD: ODD } });
    expect(result.final_answer).toBe(`Your key is ${KEY}, and ${ODD}.`);
    expect([...filesWith(turn, KEY), ...filesWith(turn, ODD), ...filesWith(turn, JSON.stringify(ODD).slice(1, -1))]).toEqual([]);
    expect(readText(turn, 'final/solo/answer.txt')).toBe('Your key is ***, and ***.');
    expect(readStatus(turn).meta['question']).toBe('Why is *** refused, or ***?');
    const before = filesBelow(turn).map((name) => readText(turn, name));
    await rebuildSession(turn);
    expect(filesBelow(turn).map((name) => readText(turn, name))).toEqual(before);
  });

  it('is hidden too when it stands in the configuration', async () => {
    const { turn } = await playSession({ agent: { id: 'solo', backend: { type: 'scripted', api_key: KEY, script: [{ text: `It is ${KEY}.` }] } } });
    expect(filesWith(turn, KEY)).toEqual([]);
  });

  it('is hidden whole when another one is its beginning', async () => {
    const backend = (text: string): object => ({ type: 'scripted', api_key: '${GATEWAY}', script: [{ text }] });
    const { turn } = await playSession({ agent: { id: 'solo', backend: backend(`It is ${KEY}-team9x.`) } }, { env: { OPENAI_API_KEY: KEY, GATEWAY: `${KEY}-team9x` } });
    expect(readText(turn, 'final/solo/answer.txt')).toBe('It is ***.');
    const written = await playSession({ agent: { id: 'solo', backend: { ...backend(`It is ${KEY}-2.`), api_key: `${KEY}-2` } } }, { env: { OPENAI_API_KEY: KEY } });
    expect(readText(written.turn, 'final/solo/answer.txt')).toBe('It is ***.');
  });

  it.each([
    ['a word', 'password'],
    ['a path', '/etc/keys/of-mine-1.json'],
    ['too short to tell', 'abc-1'],
  ])('but is %s leaves texts as they are', async (_what, value) => {
    const { turn } = await playSession(oneAgent({ text: `Say ${value}.` }), { env: { MY_SECRET: value } });
    expect(readText(turn, 'final/solo/answer.txt')).toBe(`Say ${value}.`);
  });

  it('and is called like a word of the protocol breaks nothing', async () => {
    const { turn } = await playSession(oneAgent({ text: 'answer-final' }), { env: { MY_SECRET: 'answer-final', OTHER_SECRET: 'run-start' } });
    expect(readStatus(turn)).toMatchObject({ is_complete: true, results: { winner: 'solo', final_answer_preview: '***' } });
  });
});
