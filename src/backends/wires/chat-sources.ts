import type { Batch } from './batch.js';
import { isObject, listOf, objectOf, stringOf } from './json.js';

/** Tells the sources of one reply, each once, however often chunks repeat them: `annotations` of a message (OpenAI, OpenRouter), or a list of addresses (`citations` of Perplexity). */
export function createCite(batch: Batch): (sources: unknown) => void {
  let told: Set<string> | undefined;
  return (sources) => {
    if (sources === undefined) return;
    told ??= new Set();
    for (const source of listOf(sources)) {
      const cited = isObject(source) ? (objectOf(source['url_citation']) ?? source) : { url: source };
      const url = stringOf(cited['url']);
      const title = stringOf(cited['title']);
      if (url === '' || told.has(url)) continue;
      told.add(url);
      batch.push(title === '' ? { type: 'citation', url } : { type: 'citation', url, title });
    }
  };
}
