/**
 * Reads the string under `content` out of a JSON object that arrives in pieces, so that an answer can be shown,
 * and kept as a draft, while its tool call is still being written. Each character is looked at once.
 * Returns what each piece adds; text that is no such object adds nothing.
 */
export function createAnswerScan(): (piece: string) => string {
  let mode: 'seek' | 'key' | 'colon' | 'value' | 'text' | 'other' | 'done' = 'seek';
  let depth = 0;
  let key = '';
  let escape = '';
  let inOtherString = false;

  const unescape = (character: string): string | null => {
    escape += character;
    if (escape[0] === 'u') {
      if (escape.length < 5) return null;
      const text = String.fromCharCode(Number.parseInt(escape.slice(1), 16) || 0xfffd);
      escape = '';
      return text;
    }
    escape = '';
    return { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' }[character] ?? character;
  };
  let escaping = false;

  const skipOther = (character: string): void => {
    if (inOtherString) {
      if (escaping) escaping = false;
      else if (character === '\\') escaping = true;
      else if (character === '"') inOtherString = false;
    } else if (character === '"') inOtherString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') depth -= 1;
    if (!inOtherString && ((character === ',' && depth === 1) || depth === 0)) mode = depth === 0 ? 'done' : 'seek';
  };

  const outside = (character: string): void => {
    if (mode === 'seek') {
      if (character === '{') depth = 1;
      else if (character === '"' && depth === 1) [mode, key] = ['key', ''];
    } else if (mode === 'key') {
      if (character === '"') mode = 'colon';
      else key += character;
    } else if (mode === 'colon') {
      if (character === ':') mode = 'value';
    } else if (mode === 'value' && character.trim() !== '') {
      const isText = key === 'content' && character === '"';
      mode = isText ? 'text' : 'other';
      if (!isText) skipOther(character);
    } else if (mode === 'other') skipOther(character);
  };

  return (piece) => {
    let added = '';
    for (let index = 0; index < piece.length && mode !== 'done'; index += 1) {
      if (mode !== 'text') {
        outside(piece[index] ?? '');
        continue;
      }
      if (escaping) {
        const text = unescape(piece[index] ?? '');
        if (text !== null) {
          added += text;
          escaping = false;
        }
        continue;
      }
      const end = nextSpecial(piece, index);
      added += piece.slice(index, end);
      index = end;
      if (piece[end] === '\\') escaping = true;
      else if (piece[end] === '"') mode = 'done';
    }
    return added;
  };
}

function nextSpecial(piece: string, from: number): number {
  for (let index = from; index < piece.length; index += 1) {
    const code = piece.charCodeAt(index);
    if (code === 34 || code === 92) return index;
  }
  return piece.length;
}
