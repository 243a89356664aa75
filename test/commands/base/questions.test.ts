import { describe, expect, it } from '@jest/globals';
import { createQuestions } from '../../../src/commands/base/questions.js';
import type { AskViewer } from '../../../src/commands/ui/live/question.js';

interface Asker {
  readonly ask: AskViewer;
  readonly asked: string[];
  readonly answer: (text: string) => void;
}

/** Somebody who is asked, and says nothing before `answer`, or null when the question is withdrawn. */
function asker(): Asker {
  const asked: string[] = [];
  let settle: (text: string | null) => void = () => undefined;
  const ask: AskViewer = (question, _kind, signal) => {
    asked.push(question);
    return new Promise((resolve) => {
      settle = resolve;
      signal?.addEventListener('abort', () => resolve(null));
    });
  };
  return { ask, asked, answer: (text) => settle(text) };
}

const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('questions', () => {
  it('are asked one after the other, by the host while there is one', async () => {
    const [terminal, view] = [asker(), asker()];
    const questions = createQuestions(terminal.ask);
    const answers = [questions.confirm('One?'), questions.line('Two?')];
    await turn();
    expect([terminal.asked, view.asked]).toEqual([['One?'], []]);
    terminal.answer('yes');
    await answers[0];
    await turn();
    terminal.answer(' two ');
    expect(await Promise.all(answers)).toEqual([true, 'two']);
    questions.host(view.ask);
    const third = questions.confirm('Three?');
    await turn();
    view.answer('n');
    expect([await third, terminal.asked, view.asked]).toEqual([false, ['One?', 'Two?'], ['Three?']]);
  });

  it('that are open when a view takes the terminal, or leaves it, are asked again there', async () => {
    const [terminal, view] = [asker(), asker()];
    const questions = createQuestions(terminal.ask);
    const answer = questions.confirm('May I?');
    await turn();
    questions.host(view.ask);
    await turn();
    questions.host(null);
    await turn();
    expect([terminal.asked, view.asked]).toEqual([['May I?', 'May I?'], ['May I?']]);
    terminal.answer('y');
    expect(await answer).toBe(true);
  });

  it('that are withdrawn are not asked again', async () => {
    const [terminal, view] = [asker(), asker()];
    const questions = createQuestions(terminal.ask);
    const leaving = new AbortController();
    const answer = questions.line('May I?', leaving.signal);
    await turn();
    leaving.abort();
    questions.host(view.ask);
    expect([await answer, view.asked]).toEqual([null, []]);
  });
});
