import { PassThrough } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { fromQuestions } from '../../src/commands/base/config-answers.js';
import { questionsOn } from '../../src/commands/base/config-wizard.js';
import * as compose from '../../src/compose/config-init.js';

/** What comes of typing these lines; the input ends after them. */
async function typing(lines: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const [input, output] = [new PassThrough(), new PassThrough()];
  let said = '';
  const left = [...lines];
  output.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    // A line at a time, as a person would: each answers one question.
    if (text.endsWith(': ')) setImmediate(() => (left.length === 0 ? input.end() : input.write(`${left.shift() ?? ''}\n`)));
  });
  const questions = questionsOn(input, output);
  try {
    return { config: await fromQuestions(questions, {}, env, compose), said };
  } catch (error) {
    return { error: error as Error, said };
  } finally {
    questions.close();
  }
}

describe('the questions about a new configuration', () => {
  it('have answers that are taken when nothing is typed', async () => {
    expect((await typing(['', '', '', '', ''])).config).toEqual({ agents: 3, backends: [{ type: 'openai', model: 'gpt-5.2' }], sensitivity: 'lenient', timeoutSeconds: 1800 });
  });

  it('offer the providers whose key is set', async () => {
    const { config, said } = await typing(['', '', '', '', '', ''], { GROQ_API_KEY: 'x', OPENAI_API_KEY: 'y' });
    expect(said).toContain('(keys are set for openai, groq) [openai,groq]: ');
    expect(config?.backends.map(({ type }) => type)).toEqual(['openai', 'groq']);
  });

  it('are asked again after an answer that cannot be', async () => {
    const { config, said } = await typing(['none', '0', '2', 'opneai', 'openrouter, groq', '', 'some/model', '', 'harsh', 'strict', 'much', '0.5']);
    expect(config).toEqual({ agents: 2, backends: [{ type: 'openrouter', model: 'some/model' }, { type: 'groq', model: 'openai/gpt-oss-120b' }], sensitivity: 'strict', maxCost: 0.5, timeoutSeconds: 1800 });
    for (const complaint of ['a new team has 1 to 26 agents, not none', 'not 0', 'did you mean "openai"?', 'this backend has no default model', 'write lenient, balanced or strict', 'must be more than 0 US dollars']) expect(said).toContain(complaint);
  });

  it('ask for an address where there is none', async () => {
    const { config } = await typing(['1', 'chatcompletion', 'm', 'http://localhost:9/v1', '', '']);
    expect(config?.backends).toEqual([{ type: 'chatcompletion', model: 'm', baseUrl: 'http://localhost:9/v1' }]);
  });

  it('can be left', async () => {
    expect((await typing(['2'])).error).toMatchObject({ code: 'run-cancelled', message: 'stopped; nothing was written' });
  });
});
