import type { ToolFile, ToolOutcome } from '../contract.js';
import type { createResultFiles } from './result-limit.js';

const ENDINGS: Readonly<Record<string, string>> = {
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'audio/mpeg': 'mp3',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
  'audio/mp4': 'm4a',
  'video/quicktime': 'mov',
  'application/gzip': 'gz',
  'application/x-gzip': 'gz',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'xlsx',
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': 'pptx',
};
/** Their names are their endings. */
const SPEAKING = /^(?:(?:image|audio|video)\/|application\/(?:pdf|zip)$)/u;

function endingOf({ mediaType, name = '' }: ToolFile): string {
  const [type = ''] = mediaType.split(';');
  const known = ENDINGS[type.trim()] ?? (SPEAKING.test(type) ? /\/([a-z0-9]{1,8})$/u.exec(type.trim())?.[1] : undefined);
  return known ?? /\.([A-Za-z0-9]{1,8})$/u.exec(name)?.[1] ?? 'bin';
}

/** The outcome with its files beside the log, and where each is; a picture that is shown and cannot be kept needs no word. */
export async function keepFiles(outcome: ToolOutcome, files: readonly ToolFile[], legal: string, keep: ReturnType<typeof createResultFiles>): Promise<ToolOutcome> {
  const lines: string[] = [];
  for (const file of files) {
    const bytes = Buffer.from(file.base64, 'base64');
    const at = await keep(legal, bytes, endingOf(file));
    if (at === null && file.isShown) continue;
    const what = [...(file.name === undefined ? [] : [file.name]), file.mediaType, `${String(bytes.length)} bytes`, ...(file.isShown ? [] : ['not shown'])].join(', ');
    lines.push(`[${what}${at === null ? '' : `: kept in ${at}`}]`);
  }
  return { ...outcome, text: [...(outcome.text === '' ? [] : [outcome.text]), ...lines].join('\n') };
}
