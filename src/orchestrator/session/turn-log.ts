import { rmSync } from 'node:fs';
import path from 'node:path';
import type { ErrorData } from '../../errors.js';
import type { RunEvent } from '../protocol.js';
import type { LogHeader } from './log-header.js';
import { createPaced } from './paced.js';
import { createPacedFlushes, hasMilestone } from './paced-flushes.js';
import { loadYaml } from './projections/execution-metadata.js';
import { loadLineFormat, type LogLine } from './projections/massgen-log.js';
import { createTurnProjection } from './projections/project-turn.js';
import type { StatusOptions } from './projections/status.js';
import type { DerivedFile, Moment } from './projections/turn-record.js';
import type { Quote } from './quoted.js';
import { replaceFile } from './replace-file.js';
import { claimedFiles } from './write-files.js';

/** status.json is replaced when something important happened, but not more often than this. */
const MILESTONE_GAP_MS = 250;
/** And at least this often, so that whoever polls it sees that somebody is there. */
const HEARTBEAT_MS = 2000;
/** Keeps the derived files of a running turn. */
export interface TurnLog {
  /** Takes in events that are stored. What could not be written, if anything; of the end of the run when everything is. */
  readonly take: (batch: readonly RunEvent[]) => string | undefined | Promise<string | undefined>;
  /** The final answer is in its file, whole. */
  readonly hasAnswer: () => boolean;
  readonly stop: () => void;
}

export interface TurnLogOptions {
  readonly header: LogHeader;
  readonly directory: string;
  readonly now: () => Date;
  /** Shared with events.jsonl, which has the same texts. */
  readonly quote: Quote;
  /** Has the events put on the disk, in the background. */
  readonly flush: () => void;
}

/** The derived files of one turn and what went wrong with them. */
class Derived {
  private readonly projection;
  private readonly files;
  private readonly directory: string;
  private trouble: unknown;
  /** Why the final answer has no file of its own. */
  private lost: ErrorData | null = null;
  hasAnswer = false;
  private format: ((lines: readonly LogLine[]) => string) | null = null;

  constructor({ header, directory, quote }: TurnLogOptions) {
    this.projection = createTurnProjection(header, quote);
    this.files = claimedFiles(directory);
    this.directory = directory;
  }

  take(event: RunEvent): void {
    this.attempt(() => {
      for (const file of this.projection.take(event)) this.write(file, event.type === 'answer-final');
    });
  }

  status(options: StatusOptions = {}): void {
    this.attempt(() => {
      const { path: file, text } = this.projection.status(this.lost === null ? options : Object.assign({}, options, { broken: this.lost, withoutFinal: true }));
      replaceFile(path.join(this.directory, file), text);
    });
  }

  async grow(): Promise<void> {
    const format = (this.format ??= await this.load(loadLineFormat));
    if (format === null) return;
    this.attempt(() => {
      for (const file of this.projection.grown(format)) this.attempt(() => this.files.append(file));
    });
  }

  async close(): Promise<void> {
    const writeYaml = await this.load(loadYaml);
    if (writeYaml !== null) for (const make of this.projection.closing(writeYaml)) this.attempt(() => this.write(make(), false));
    await this.grow();
    this.status();
  }

  /** What is loaded late may be missing by then: an installation that was replaced while it ran. */
  private async load<Loaded>(loader: () => Promise<Loaded>): Promise<Loaded | null> {
    try {
      return await loader();
    } catch (thrown) {
      this.trouble ??= thrown;
      return null;
    }
  }

  /** What went wrong since the last time. */
  takeTrouble(): string | undefined {
    const thrown = this.trouble;
    this.trouble = undefined;
    return thrown === undefined ? undefined : thrown instanceof Error ? thrown.message : 'unknown trouble';
  }

  private attempt(write: () => void): boolean {
    try {
      write();
      return true;
    } catch (thrown) {
      this.trouble ??= thrown;
      return false;
    }
  }

  /** Half a file is worse than none: its reader would take it for the whole. */
  private write(file: DerivedFile, isFinal: boolean): void {
    const isWritten = this.attempt(() => this.files.write(file));
    const isAnswer = isFinal && file.path.endsWith('answer.txt');
    if (isAnswer) this.hasAnswer = isWritten;
    if (isWritten) return;
    this.attempt(() => rmSync(path.join(this.directory, file.path), { force: true }));
    if (isAnswer) this.lost = { code: 'log-refused', message: 'the final answer could not be written to its file' };
  }
}

export function createTurnLog(options: TurnLogOptions): TurnLog {
  const { header, now, flush } = options;
  const derived = new Derived(options);
  let last: Moment = { at: header.created, t: 0 };
  const asOfNow = (): Moment => {
    const passed = Math.max(0, now().getTime() - Date.parse(last.at));
    return { at: new Date(Date.parse(last.at) + passed).toISOString(), t: last.t + passed };
  };
  const milestones = createPaced(MILESTONE_GAP_MS, () => {
    derived.status();
  });
  const flushes = createPacedFlushes(flush);
  const beat = async (): Promise<void> => {
    await derived.grow();
    if (!ended) derived.status({ asOf: asOfNow() });
  };
  const heart = setInterval(() => void beat(), HEARTBEAT_MS).unref();
  let ended = false;
  const stop = (): void => {
    ended = true;
    clearInterval(heart);
    milestones.stop();
    flushes.stop();
  };
  const end = async (): Promise<string | undefined> => {
    stop();
    await derived.close();
    flushes.end();
    return derived.takeTrouble();
  };
  const take: TurnLog['take'] = (batch) => {
    for (const event of batch) derived.take(event);
    last = batch.at(-1) ?? last;
    if (batch.at(-1)?.type === 'run-end') return end();
    if (hasMilestone(batch)) {
      milestones.ask();
      flushes.milestone(last.t);
    }
    return derived.takeTrouble();
  };
  return { take, hasAnswer: () => derived.hasAnswer, stop };
}
