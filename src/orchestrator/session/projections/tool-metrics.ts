import { unixSeconds } from './log-clock.js';
import { preview, type RoundRecord } from './turn-record.js';

/** One execution of a tool. Tokens are estimated at four characters each. */
export interface ToolExecution {
  readonly tool_name: string;
  readonly tool_type: 'mcp' | 'custom' | 'provider';
  readonly call_id: string;
  readonly agent_id: string;
  readonly round_number: number;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly execution_time_ms: number;
  readonly success: boolean;
  readonly error_message: string | null;
  readonly input_chars: number;
  readonly output_chars: number;
  readonly input_tokens_est: number;
  readonly output_tokens_est: number;
}

const tokens = (characters: number): number => Math.floor(characters / 4);

const usesTools = ({ calls }: RoundRecord): boolean => calls.some(({ used }) => used.length > 0);

export const toolExecutions = (rounds: readonly RoundRecord[]): readonly ToolExecution[] =>
  rounds.filter(usesTools).flatMap((round) =>
    round.calls.flatMap(({ used }) =>
      used.map(({ id, name, kind, status, start, end, input, output }): ToolExecution => ({
        ...{ tool_name: name, tool_type: kind === 'own' ? 'custom' : kind, call_id: id, agent_id: round.agent, round_number: round.round },
        ...{ start_time: unixSeconds(start.at), end_time: end === null ? null : unixSeconds(end.at), execution_time_ms: end === null ? 0 : Math.round((end.t - start.t) * 10) / 10 },
        ...{ success: end !== null && (status === null || status === 'ok'), error_message: end === null ? 'the tool had not ended when the log stops' : status === null || status === 'ok' ? null : preview(output, 500) },
        ...{ input_chars: input.length, output_chars: output.length, input_tokens_est: tokens(input.length), output_tokens_est: tokens(output.length) },
      })),
    ),
  );

const sumOf = (runs: readonly ToolExecution[], value: (run: ToolExecution) => number): number => Math.round(runs.reduce((sum, run) => sum + value(run), 0) * 10) / 10;

function oneTool(runs: readonly ToolExecution[]): Readonly<Record<string, unknown>> {
  const [inputs, outputs] = [sumOf(runs, ({ input_chars }) => input_chars), sumOf(runs, ({ output_chars }) => output_chars)];
  const time = sumOf(runs, ({ execution_time_ms }) => execution_time_ms);
  return {
    call_count: runs.length,
    success_count: runs.filter(({ success }) => success).length,
    failure_count: runs.filter(({ success }) => !success).length,
    total_execution_time_ms: time,
    total_input_chars: inputs,
    total_output_chars: outputs,
    tool_type: runs[0]?.tool_type ?? 'provider',
    avg_execution_time_ms: Math.round((time / runs.length) * 10) / 10,
    input_tokens_est: tokens(inputs),
    output_tokens_est: tokens(outputs),
  };
}

function byTool<Shape>(runs: readonly ToolExecution[], shape: (runs: readonly ToolExecution[]) => Shape): Readonly<Record<string, Shape>> {
  const names = [...new Set(runs.map(({ tool_name }) => tool_name))].sort();
  return Object.fromEntries(names.map((name) => [name, shape(runs.filter(({ tool_name }) => tool_name === name))]));
}

export interface ToolMetrics {
  readonly total_calls: number;
  readonly total_failures: number;
  readonly total_execution_time_ms: number;
  readonly by_tool: Readonly<Record<string, unknown>>;
}

function totals(runs: readonly ToolExecution[], by_tool: Readonly<Record<string, unknown>>): ToolMetrics {
  return { total_calls: runs.length, total_failures: runs.filter(({ success }) => !success).length, total_execution_time_ms: sumOf(runs, (run) => run.execution_time_ms), by_tool };
}

export const toolMetrics = (runs: readonly ToolExecution[]): ToolMetrics => totals(runs, byTool(runs, oneTool));

/** The value below which this share of the sorted values lies. */
const at = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;

function spread(values: readonly number[]): { readonly min: number; readonly max: number; readonly median: number; readonly p90: number; readonly p99: number } {
  const sorted = [...values].sort((one, other) => one - other);
  return { min: at(sorted, 0), max: at(sorted, 1), median: at(sorted, 0.5), p90: at(sorted, 0.9), p99: at(sorted, 0.99) };
}

function detailedTool(runs: readonly ToolExecution[]): Readonly<Record<string, unknown>> {
  const inputs = spread(runs.map(({ input_chars }) => input_chars));
  const outputs = spread(runs.map(({ output_chars }) => output_chars));
  const times = spread(runs.map(({ execution_time_ms }) => execution_time_ms));
  const mean = (value: (run: ToolExecution) => number): number => Math.round((sumOf(runs, value) / runs.length) * 10) / 10;
  return {
    ...oneTool(runs),
    avg_input_chars: mean(({ input_chars }) => input_chars),
    avg_output_chars: mean(({ output_chars }) => output_chars),
    output_distribution: outputs,
    input_distribution: { min: inputs.min, max: inputs.max, median: inputs.median },
    exec_time_distribution: { min_ms: times.min, max_ms: times.max, median_ms: times.median, p90_ms: times.p90 },
  };
}

/** An agent's tools with the distribution of sizes and times. */
export const agentToolMetrics = (runs: readonly ToolExecution[]): ToolMetrics => totals(runs, byTool(runs, detailedTool));
