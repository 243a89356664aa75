import { dollars, grouped } from '../figures.js';
import { lineWidth, span, type Line } from '../spans.js';
import { tableLines } from '../table.js';
import { viewOf, type ViewState } from '../view-state.js';

interface Bill {
  readonly costMicros: number;
  readonly costKnown: boolean;
  readonly estimated: boolean;
}

const moneyText = ({ costMicros, costKnown, estimated }: Bill): string => (costKnown ? `${estimated ? 'about ' : ''}${dollars(costMicros)}` : 'unknown');

/** Columns to leave out, so that the others fit: the money matters more than how the tokens were made up. */
const LEFT_OUT: readonly (readonly number[])[] = [[], [6], [5, 6], [1, 5, 6]];

/** Tokens and money by agent, with the sum. */
export function costLines(view: ViewState, width: number): readonly Line[] {
  const { run } = view;
  const text = (value: string): Line => [span(value)];
  const agents = run.order.map((id, place): readonly Line[] => {
    const bill = viewOf(view, id);
    const { usage, calls } = bill;
    const { inputTokens, outputTokens, cachedInputTokens, reasoningTokens } = usage;
    return [[span(id, 'name', place)], text(run.agents[id]?.info.model ?? ''), text(String(calls)), ...[inputTokens, outputTokens, cachedInputTokens, reasoningTokens].map((each) => text(grouped(each))), text(moneyText(bill))];
  });
  const { usage } = run.spent;
  const calls = run.order.reduce((sum, id) => sum + viewOf(view, id).calls, 0);
  const sum = [usage.inputTokens, usage.outputTokens, usage.cachedInputTokens ?? 0, usage.reasoningTokens ?? 0].map((each) => text(grouped(each)));
  const total: readonly Line[] = [[span('all', 'good')], text(''), text(String(calls)), ...sum, text(moneyText(run.spent))];
  const right = { align: 'right' } as const;
  const columns = [{ title: 'agent' }, { title: 'model' }, { title: 'calls', ...right }, { title: 'in', ...right }, { title: 'out', ...right }, { title: 'cached', ...right }, { title: 'reasoning', ...right }, { title: 'cost', ...right }];
  const rows = [...agents, ...(run.order.length > 1 ? [total] : [])];
  const without = (dropped: readonly number[], room: number): readonly Line[] => {
    const keep = <Item>(row: readonly Item[]): readonly Item[] => row.filter((_unused, place) => !dropped.includes(place));
    return tableLines(keep(columns), rows.map(keep), room);
  };
  const fits = LEFT_OUT.find((dropped) => without(dropped, Infinity).every((each) => lineWidth(each) <= width)) ?? LEFT_OUT.at(-1) ?? [];
  const fees = Object.entries(usage.tools ?? {}).map(([name, fee]): Line => [span(`of it ${name}: ${grouped(fee.uses)} ${fee.uses === 1 ? 'use' : 'uses'}, ${fee.costMicros === undefined ? 'fee unknown' : dollars(fee.costMicros)}`)]);
  const sources = [...new Set(run.order.flatMap((id) => run.agents[id]?.info.priceSource ?? []))];
  const from: readonly Line[] = sources.length === 0 ? [] : [[span(`prices from: ${sources.join(', ')}`)]];
  return [...without(fits, width), ...fees, ...from];
}
