import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImagePart } from '../../../backends/contract.js';
import type { ToolOutcome } from '../contract.js';
import { resultText } from '../plain-text.js';

/** Characters of base64 that the images of one result may have together. */
const IMAGES = 12_000_000;

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;

/** The beginning and the end of a text with `between` in the middle; no character is cut in half. */
function headAndTail(text: string, limit: number, between: string): string {
  const tail = Math.floor(limit / 4);
  let head = limit - tail;
  if (isHigh(text.charCodeAt(head - 1))) head -= 1;
  let from = text.length - tail;
  if (isHigh(text.charCodeAt(from - 1))) from += 1;
  return `${text.slice(0, head)}\n\n[${between}]\n\n${text.slice(from)}`;
}

function fittingImages(images: readonly ImagePart[]): readonly ImagePart[] {
  let size = 0;
  return images.filter(({ base64 }) => {
    size += base64.length;
    return size <= IMAGES;
  });
}

/** Keeps results whole in a folder, numbered; resolves to the file's path, null when it cannot be written. */
export function createResultFiles(folder: string | null): (tool: string, content: string | Buffer, ending?: string) => Promise<string | null> {
  let count = 0;
  return async (tool, content, ending = 'txt') => {
    if (folder === null) return null;
    count += 1;
    const file = path.join(folder, `${String(count).padStart(3, '0')}_${tool.slice(0, 60)}.${ending}`);
    try {
      await mkdir(folder, { recursive: true });
      await writeFile(file, content, { flag: 'wx' });
      return file;
    } catch {
      return null;
    }
  };
}

type Shown = Pick<ToolOutcome, 'text' | 'images'>;

/** What the agent is shown of an outcome: all of it, or head and tail, and where the whole is. `legal` is the tool's name for vendors. */
export function limitResult(outcome: ToolOutcome, legal: string, limit: number, keep: ReturnType<typeof createResultFiles>): Promise<Shown> | Shown {
  const text = resultText(outcome.text);
  if (text.length <= limit && outcome.images === undefined) return { text };
  const images = outcome.images === undefined ? [] : fittingImages(outcome.images);
  const lost = (outcome.images?.length ?? 0) - images.length;
  const note = lost === 0 ? '' : `\n[${String(lost)} of the images ${lost === 1 ? 'is' : 'are'} too large to be shown.]`;
  const shown = { ...(images.length === 0 ? {} : { images }) };
  if (text.length <= limit) return { text: `${text}${note}`, ...shown };
  return keep(legal, text).then((file) => {
    const where = file === null ? 'ask for less, or for another part' : `the whole result is in ${file}`;
    return { text: `${headAndTail(text, limit, `… ${String(text.length - limit)} of ${String(text.length)} characters are left out here: ${where} …`)}${note}`, ...shown };
  });
}
