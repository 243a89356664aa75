import type { ChalkInstance } from 'chalk';
import { marked, type Token, type Tokens } from 'marked';
import wrapAnsi from 'wrap-ansi';
import stringWidth from 'string-width';
import { safeText } from './safe-text.js';

interface Page {
  readonly chalk: ChalkInstance;
  readonly width: number;
}

const NAMED: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
const unescaped = (text: string): string => text.replace(/&(amp|lt|gt|quot|#39);/gu, (_all, name: string) => NAMED[name] ?? '');

/** What a token consists of, where it consists of others. */
const inner = (token: Token): readonly Token[] | undefined => (token as { readonly tokens?: readonly Token[] }).tokens;

const wrap = (text: string, width: number): string => wrapAnsi(text, Math.max(10, width), { hard: true, trim: false });
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
          return chalk.cyan((token as Tokens.Codespan).text);
        case 'br':
          return '\n';
        case 'link': {
          const { href } = token as Tokens.Link;
          const text = inline(token.tokens, page);
          return text === href || `mailto:${text}` === href ? chalk.underline(text) : `${chalk.underline(text)} (${href})`;
        }
        case 'image':
          return `${(token as Tokens.Image).text} (${(token as Tokens.Image).href})`;
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
  const widths = header.map((_unused, place) => Math.max(...cells.map((row) => stringWidth(row[place] ?? ''))));
  const [titles = [], ...values] = cells;
  if (widths.reduce((sum, each) => sum + each + 3, -3) > page.width) {
    return values.map((row) => row.map((value, place) => wrap(`${page.chalk.bold(titles[place] ?? '')}: ${value}`, page.width)).join('\n')).join('\n\n');
  }
  const line = (row: readonly string[]): string => row.map((cell, place) => cell + ' '.repeat(Math.max(0, (widths[place] ?? 0) - stringWidth(cell)))).join(' | ').trimEnd();
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
      return indent((token as Tokens.Code).text, '    ', '    ');
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
