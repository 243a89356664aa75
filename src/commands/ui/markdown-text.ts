import type { ChalkInstance } from 'chalk';
import { marked, type Token, type Tokens } from 'marked';
import { stripVTControlCharacters } from 'node:util';
import { widthOf } from './live/spans.js';
import { safeText } from './safe-text.js';

interface Page {
  readonly chalk: ChalkInstance;
  readonly width: number;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
/** Text as it is meant. An entity can stand for a control character, so it is made safe once more. */
const unescaped = (text: string): string => safeText(text.replace(/&(amp|lt|gt|quot|#39);/gu, (_all, name: string) => NAMED[name] ?? ''));

/** What a token consists of, where it consists of others. */
const inner = (token: Token): readonly Token[] | undefined => (token as { readonly tokens?: readonly Token[] }).tokens;

/** Cells of a word, styles not counted. */
const wordWidth = (word: string): number => widthOf(word.includes('\u001b') ? stripVTControlCharacters(word) : word);

/** Rows of whole words; a word that is too long for one stays whole too, so that an address can be copied. Styles may span rows. */
function wrapRow(text: string, width: number): string {
  let [row, room, wrapped] = ['', width, ''];
  for (const word of text.split(' ')) {
    const size = wordWidth(word);
    if (row !== '' && size + 1 > room) {
      wrapped += `${row}\n`;
      [row, room] = [word, width - size];
    } else {
      room -= row === '' ? size : size + 1;
      row = row === '' ? word : `${row} ${word}`;
    }
  }
  return wrapped + row;
}

const wrap = (text: string, width: number): string => text.split('\n').map((row) => wrapRow(row, Math.max(10, width))).join('\n');
const indent = (text: string, first: string, rest: string): string => text.split('\n').map((row, place) => `${place === 0 ? first : rest}${row}`).join('\n');

function inline(tokens: readonly Token[] | undefined, page: Page): string {
  const { chalk } = page;
  return (tokens ?? [])
    .map((token): string => {
      switch (token.type) {
        case 'strong':
          return chalk.bold(inline(token.tokens, page));
        case 'em':
          return chalk.italic(inline(token.tokens, page));
        case 'del':
          return chalk.strikethrough(inline(token.tokens, page));
        case 'codespan':
          return chalk.cyan(safeText((token as Tokens.Codespan).text));
        case 'br':
          return '\n';
        case 'link': {
          const href = safeText((token as Tokens.Link).href);
          const text = inline(token.tokens, page);
          return text === href || `mailto:${text}` === href ? chalk.underline(text) : `${chalk.underline(text)} (${href})`;
        }
        case 'image':
          return safeText(`${(token as Tokens.Image).text} (${(token as Tokens.Image).href})`);
        case 'text':
        case 'escape':
          return inner(token) === undefined ? unescaped((token as Tokens.Text).text) : inline(inner(token), page);
        default:
          return token.raw;
      }
    })
    .join('');
}

function list({ items, ordered, start }: Tokens.List, page: Page): string {
  return items
    .map((item, place) => {
      const mark = ordered ? `${String(Number(start) + place)}. ` : '- ';
      const box = item.task ? `[${item.checked === true ? 'x' : ' '}] ` : '';
      const content = blocks(item.tokens.filter(({ type }) => type !== 'checkbox'), { ...page, width: page.width - mark.length }, item.loose ? '\n\n' : '\n');
      return indent(box + content, mark, ' '.repeat(mark.length));
    })
    .join(items.some(({ loose }) => loose) ? '\n\n' : '\n');
}

/** A table whose rows fit; a wider one is given as `title: value` lines. */
function table({ header, rows }: Tokens.Table, page: Page): string {
  const cells = [header, ...rows].map((row) => row.map(({ tokens }) => inline(tokens, page)));
  const widths = header.map((_unused, place) => Math.max(...cells.map((row) => wordWidth(row[place] ?? ''))));
  const [titles = [], ...values] = cells;
  if (widths.reduce((sum, each) => sum + each + 3, -3) > page.width) {
    return values.map((row) => row.map((value, place) => wrap(`${page.chalk.bold(titles[place] ?? '')}: ${value}`, page.width)).join('\n')).join('\n\n');
  }
  const line = (row: readonly string[]): string => row.map((cell, place) => cell + ' '.repeat(Math.max(0, (widths[place] ?? 0) - wordWidth(cell)))).join(' | ').trimEnd();
  return [line(titles.map((title) => page.chalk.bold(title))), widths.map((each) => '-'.repeat(each)).join('-|-'), ...values.map(line)].join('\n');
}

function block(token: Token, page: Page): string | null {
  const { chalk, width } = page;
  switch (token.type) {
    case 'heading':
      return chalk.bold.underline(inline(token.tokens, page));
    case 'paragraph':
    case 'text':
      return wrap(inner(token) === undefined ? unescaped((token as Tokens.Text).text) : inline(inner(token), page), width);
    case 'code':
      // Never wrapped: what is copied must be what was written.
      return indent(safeText((token as Tokens.Code).text), '    ', '    ');
    case 'blockquote':
      return indent(blocks(token.tokens ?? [], { ...page, width: width - 2 }, '\n\n'), chalk.dim('| '), chalk.dim('| '));
    case 'list':
      return list(token as Tokens.List, page);
    case 'table':
      return table(token as Tokens.Table, page);
    case 'hr':
      return chalk.dim('-'.repeat(Math.min(width, 40)));
    case 'space':
    case 'def':
      return null;
    default:
      return wrap(token.raw.trimEnd(), width);
  }
}

function blocks(tokens: readonly Token[], page: Page, between: string): string {
  return tokens
    .map((token) => block(token, page))
    .filter((text) => text !== null)
    .join(between);
}

/** Markdown as it reads well on a terminal of this width. What is in it can style nothing: escape sequences are taken out first. Text without markdown comes out as it is, wrapped. */
export function markdownText(text: string, width: number, chalk: ChalkInstance): string {
  return blocks(marked.lexer(safeText(text)), { chalk, width }, '\n\n');
}
