import type { RunEvent } from '../../protocol.js';
import type { LogHeader } from '../log-header.js';
import { createQuote } from '../quoted.js';
import { createAgentOutputs } from './agent-outputs.js';
import { coordinationEvents, takeIntoTimeline } from './coordination-events.js';
import { coordinationTable } from './coordination-table.js';
import { executionMetadata, type WriteYaml } from './execution-metadata.js';
import { logLines, type LogLine } from './massgen-log.js';
import { metricsEvents, metricsSummary } from './metrics.js';
import { systemStatus } from './output-files.js';
import { statusJson, type StatusOptions } from './status.js';
import { answerFiles, finalFiles, snapshotMappings, voteFiles } from './step-files.js';
import { takeEvent } from './take-event.js';
import { newTurnRecord, type DerivedFile } from './turn-record.js';

/** All derived files of one turn, as a fold of its events and nothing else. */
export interface TurnProjection {
  /** Takes in an event; returns the files that it makes: those of an answer, a vote or the final answer. */
  readonly take: (event: RunEvent) => readonly DerivedFile[];
  /** What the files that grow have gained since the last time; the caller appends it. */
  readonly grown: (format: (lines: readonly LogLine[]) => string) => readonly DerivedFile[];
  /** What makes the files that a turn gets at its end, status.json aside. */
  readonly closing: (writeYaml: WriteYaml) => readonly (() => DerivedFile)[];
  /** status.json as of the newest event, or of a later time. */
  readonly status: (options?: StatusOptions) => DerivedFile;
}

export function createTurnProjection(header: LogHeader, quote = createQuote()): TurnProjection {
  const record = newTurnRecord(header, quote);
  const outputs = createAgentOutputs();
  let lines: LogLine[] = [];

  const made = (event: RunEvent): readonly DerivedFile[] => {
    switch (event.type) {
      case 'answer-accept':
        return answerFiles(record, event);
      case 'vote-cast':
        return voteFiles(record, event);
      case 'answer-final':
        return finalFiles(record, event);
      default:
        return [];
    }
  };

  return {
    take: (event) => {
      const { state, iteration } = record;
      takeEvent(record, event);
      outputs.take(record, event);
      if (event.type === 'text-delta' || event.type === 'reasoning-delta') return [];
      takeIntoTimeline(record, event, state, iteration);
      lines.push(...logLines(record, event));
      return made(event);
    },
    grown: (format) => {
      const said = lines;
      lines = [];
      const files = outputs.drain(record).map(([path, text]): DerivedFile => ({ path, text }));
      return said.length === 0 ? files : [{ path: 'massgen.log', text: format(said) }, ...files];
    },
    closing: (writeYaml) => [
      () => ({ path: 'execution_metadata.yaml', text: executionMetadata(record, writeYaml) }),
      ...record.attempts.map((restart) => () => ({ path: `attempt_${restart.attempt}/execution_metadata.yaml`, text: executionMetadata(record, writeYaml, restart) })),
      () => ({ path: 'coordination_events.json', text: coordinationEvents(record) }),
      () => ({ path: 'coordination_table.txt', text: coordinationTable(record) }),
      ...(record.steps.length === 0 ? [] : [() => ({ path: 'snapshot_mappings.json', text: snapshotMappings(record) })]),
      () => systemStatus(record),
      () => ({ path: 'metrics_summary.json', text: metricsSummary(record) }),
      () => ({ path: 'metrics_events.json', text: metricsEvents(record) }),
    ],
    status: (options) => ({ path: 'status.json', text: statusJson(record, options) }),
  };
}
