// The task with the built package. SESSION_LOG (environment) is `all` (the default), `events` (events.jsonl and the answer) or `off`. STRATEGY (environment) is the final answer strategy;
// `model` may be one model for all agents or a list `a,b,c`.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { QUESTION } from '../../lib/task.mjs';
import { openRun } from '../../../dist/index.js';

const IDS = ['agent_a', 'agent_b', 'agent_c'];

export async function create({ baseURL, model }) {
  const logDirectory = fs.mkdtempSync(path.join(os.tmpdir(), 'massgen-bench-'));
  const models = model.split(',');
  const config = {
    agents: IDS.map((id, index) => ({
      id,
      backend: { type: 'chatcompletion', base_url: baseURL, api_key: 'sk-mock', model: models[index % models.length] },
    })),
    orchestrator: { final_answer_strategy: process.env.STRATEGY ?? 'winner_present' },
    ...(process.env.SESSION_LOG === 'off' ? { ui: { logging_enabled: false } } : {}),
  };
  const team = await openRun({ config, logDirectory, logFiles: process.env.SESSION_LOG === 'events' ? 'events' : 'all' });
  return async function run(onToken) {
    let presentingTurn;
    let winner;
    let text;
    let failure;
    for await (const event of team.start(QUESTION).events) {
      switch (event.type) {
        case 'text-delta':
          if (presentingTurn === event.turn && winner === event.agent) onToken?.(event.text);
          break;
        case 'turn-start':
          if (event.kind === 'present') presentingTurn = event.turn;
          break;
        case 'winner-select':
          winner = event.agent;
          break;
        case 'answer-final':
          text = event.text;
          break;
        case 'run-end':
          failure = event.error?.message;
          break;
      }
    }
    if (failure !== undefined) throw new Error(failure);
    return { winner: `agent${IDS.indexOf(winner) + 1}`, text };
  };
}
