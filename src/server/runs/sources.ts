import type { AgentId, RunEvent } from '../../orchestrator/index.js';
import type { ServeEvent, Source } from './serve-event.js';

/** More than these nobody follows. */
const MOST = 100;

/** What agents cite, turn by turn; with a final answer come the sources of the turn that wrote it, and of the answer that it presents. */
class Sources {
  private readonly cited = new Map<AgentId, Map<string, Source>>();
  private readonly answers = new Map<AgentId, ReadonlyMap<string, Source>>();

  after(event: RunEvent, told: readonly ServeEvent[]): readonly ServeEvent[] {
    switch (event.type) {
      case 'turn-start':
        this.cited.delete(event.agent);
        return told;
      case 'citation':
        this.cite(event.agent, { url: event.url, title: event.title ?? '' });
        return told;
      case 'answer-accept':
        this.answers.set(event.agent, new Map(this.cited.get(event.agent) ?? []));
        return told;
      case 'answer-final':
        return this.placed(told, new Map([...(this.answers.get(event.agent) ?? []), ...(event.source === 'winner' ? [] : (this.cited.get(event.agent) ?? []))]));
      default:
        return told;
    }
  }

  private cite(agent: AgentId, source: Source): void {
    const known = this.cited.get(agent) ?? new Map<string, Source>();
    this.cited.set(agent, known);
    if (/^https?:\/\//iu.test(source.url) && known.size < MOST && (known.get(source.url)?.title ?? '') === '') known.set(source.url, source);
  }

  /** Behind the text, before what is called. */
  private placed(told: readonly ServeEvent[], sources: ReadonlyMap<string, Source>): readonly ServeEvent[] {
    if (sources.size === 0) return told;
    const cited = [...sources.values()].map((source): ServeEvent => ({ type: 'citation', source }));
    const end = told.findIndex(({ type }) => type === 'tool-call');
    return end === -1 ? [...told, ...cited] : [...told.slice(0, end), ...cited, ...told.slice(end)];
  }
}

/** Adds to what a run's events say where a final answer has it from. Feed it every event, with what was said of it. */
export function createSources(): (event: RunEvent, told: readonly ServeEvent[]) => readonly ServeEvent[] {
  const sources = new Sources();
  return (event, told) => sources.after(event, told);
}

/** Where in a text a source stands: its address, if it is in there; else it stands for the whole. */
export function placeOf({ url }: Source, text: string): { readonly start_index: number; readonly end_index: number } {
  const at = text.indexOf(url);
  return at === -1 ? { start_index: 0, end_index: text.length } : { start_index: at, end_index: at + url.length };
}
