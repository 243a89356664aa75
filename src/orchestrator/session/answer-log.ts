import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RunEvent } from '../protocol.js';
import { folderNames, safeName } from './folder-names.js';
import { createPacedFlushes, hasMilestone } from './paced-flushes.js';
import type { TurnLog, TurnLogOptions } from './turn-log.js';

type Start = Extract<RunEvent, { type: 'run-start' }>;
type Final = Extract<RunEvent, { type: 'answer-final' }>;

/** Half an answer is worse than none. */
function removeHalf(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // Then it was not begun either.
  }
}

/** The final answer's file and nothing else beside events.jsonl: one write a run, and no fold of its events. */
export function createAnswerLog({ directory, flush }: Pick<TurnLogOptions, 'directory' | 'flush'>): TurnLog {
  const flushes = createPacedFlushes(flush);
  let start: Start | null = null;
  let kept = false;
  const keep = ({ agent, text }: Final): string | undefined => {
    const folder = folderNames((start?.agents ?? []).map(({ id }) => id)).get(agent) ?? safeName(agent);
    const finals = `${directory}${path.sep}final`;
    const own = `${finals}${path.sep}${folder}`;
    const file = `${own}${path.sep}answer.txt`;
    try {
      mkdirSync(finals);
      mkdirSync(own);
      writeFileSync(file, text);
      return undefined;
    } catch (thrown) {
      removeHalf(file);
      return thrown instanceof Error ? thrown.message : String(thrown);
    }
  };
  const take = (batch: readonly RunEvent[]): string | undefined => {
    let trouble: string | undefined;
    for (const event of batch) {
      if (event.type === 'run-start') start = event;
      else if (event.type === 'answer-final') {
        trouble = keep(event);
        kept = trouble === undefined;
      }
    }
    const last = batch.at(-1);
    if (last?.type === 'run-end') flushes.end();
    else if (last !== undefined && hasMilestone(batch)) flushes.milestone(last.t);
    return trouble;
  };
  return { take, hasAnswer: () => kept, stop: flushes.stop };
}
