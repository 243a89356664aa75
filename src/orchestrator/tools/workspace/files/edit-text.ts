export interface Edit {
  readonly oldText: string;
  readonly newText: string;
}

const withoutReturns = (content: string): string => content.replaceAll('\r\n', '\n');
const indentOf = (line: string): string => /^\s*/u.exec(line)?.[0] ?? '';

/** The new lines at the depth of what they replace. */
function reindented(newLines: readonly string[], oldLines: readonly string[], base: string): readonly string[] {
  return newLines.map((line, index) => {
    if (index === 0) return base + line.trimStart();
    const [was, is] = [indentOf(oldLines[index] ?? ''), indentOf(line)];
    return was !== '' && is !== '' ? base + ' '.repeat(Math.max(0, is.length - was.length)) + line.trimStart() : line;
  });
}

/** Comparisons of lines that one edit may take: beyond it only the exact text is looked for. */
const MOST_COMPARISONS = 20_000_000;
/** A diff that takes longer is left out. */
export const DIFF_MS = 2000;

function editLoosely(content: string, oldText: string, newText: string): string | undefined {
  const [lines, oldLines] = [content.split('\n'), oldText.split('\n')];
  if (lines.length * oldLines.length > MOST_COMPARISONS) return undefined;
  const trimmed = oldLines.map((line) => line.trim());
  for (let at = 0; at <= lines.length - oldLines.length; at += 1) {
    if (!trimmed.every((line, index) => line === lines[at + index]?.trim())) continue;
    lines.splice(at, oldLines.length, ...reindented(newText.split('\n'), oldLines, indentOf(lines[at] ?? '')));
    return lines.join('\n');
  }
  return undefined;
}

/** The text with each edit made in turn, where its old text is first found; whitespace at the ends of lines may differ. Line endings stay. Throws for an old text that is not there. */
export function editText(content: string, edits: readonly Edit[]): string {
  const hadReturns = content.includes('\r\n') && !/[^\r]\n/u.test(content);
  const edited = edits.reduce((current, { oldText, newText }) => {
    const [old, replacement] = [withoutReturns(oldText), withoutReturns(newText)];
    if (old === '') throw new Error('an edit needs the text that it replaces');
    if (current.includes(old)) return current.replace(old, () => replacement);
    const result = editLoosely(current, old, replacement);
    if (result === undefined) throw new Error(`Could not find exact match for edit:\n${oldText}`);
    return result;
  }, withoutReturns(content));
  return hadReturns ? edited.replaceAll('\n', '\r\n') : edited;
}

/** What changed, as git shows it, in a fence of its own. */
export async function diffText(before: string, after: string, name: string): Promise<string> {
  const { createTwoFilesPatch } = await import('diff');
  const patch = createTwoFilesPatch(name, name, withoutReturns(before), withoutReturns(after), 'original', 'modified', { timeout: DIFF_MS });
  if (patch === undefined) return `${name} is changed in more places than can be shown`;
  let fence = '```';
  while (patch.includes(fence)) fence += '`';
  return `${fence}diff\n${patch}${fence}\n\n`;
}
