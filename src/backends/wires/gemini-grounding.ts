import type { Batch } from './batch.js';
import { listOf, objectOf, stringOf, type Json } from './json.js';

/** What a reply is grounded on: every search and every source once, however often the stream repeats them. */
export class Grounding {
  /** Searches so far. */
  searches = 0;
  private readonly seen = new Set<string>();
  private readonly batch: Batch;
  private readonly idPrefix: string;

  constructor(batch: Batch, idPrefix: string) {
    this.batch = batch;
    this.idPrefix = idPrefix;
  }

  /** `groundingMetadata` of a candidate. */
  take(metadata: Json): void {
    for (const query of listOf(metadata['webSearchQueries'])) if (typeof query === 'string') this.search(query);
    for (const chunk of listOf(metadata['groundingChunks'])) {
      const source = objectOf(objectOf(chunk)?.['web']) ?? objectOf(objectOf(chunk)?.['retrievedContext']);
      const url = stringOf(source?.['uri']);
      if (url === '' || this.seen.has(url)) continue;
      this.seen.add(url);
      const title = stringOf(source?.['title']);
      this.batch.push({ type: 'citation', url, ...(title === '' ? {} : { title }) });
    }
  }

  private search(query: string): void {
    const known = `query ${query}`;
    if (this.seen.has(known)) return;
    const id = `${this.idPrefix}search_${String(this.seen.size)}`;
    this.seen.add(known);
    this.searches += 1;
    this.batch.push({ type: 'provider-tool', id, name: 'web_search', status: 'start', detail: query });
    this.batch.push({ type: 'provider-tool', id, name: 'web_search', status: 'end' });
  }
}
