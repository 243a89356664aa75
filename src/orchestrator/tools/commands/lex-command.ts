/** One simple command of a shell line: its words after quotes and backslashes, without redirections. */
export interface Segment {
  /** `NAME=value` words before the command's name. */
  readonly assignments: readonly string[];
  readonly words: readonly string[];
}

/** What the line runs as far as it can be known without running it, or why it cannot. */
export type Lexed = { readonly segments: readonly Segment[] } | { readonly unclear: string };

/** Words after which another command stands. */
const BEFORE_COMMANDS: ReadonlySet<string> = new Set(['!', '{', '}', 'if', 'then', 'else', 'elif', 'fi', 'while', 'until', 'do', 'done']);
/** Words that begin what only a shell understands. */
const BEYOND: ReadonlySet<string> = new Set(['for', 'case', 'esac', 'select', 'function', 'coproc', '[[']);
const ASSIGNMENT = /^[A-Za-z_]\w*\+?=/u;
const LONGEST = 20_000;

class Unclear extends Error {}

const unclear = (what: string): never => {
  throw new Unclear(what);
};

/** Reads a POSIX shell line word by word; throws Unclear at what only a shell could tell. */
class Lexer {
  private at = 0;
  private readonly line: string;
  private readonly segments: Segment[] = [];
  private assignments: string[] = [];
  private words: string[] = [];
  private word: string | null = null;
  /** The next word is the target of a redirection, no argument. */
  private target = false;

  constructor(line: string) {
    this.line = line;
  }

  read(): readonly Segment[] {
    while (this.at < this.line.length) this.step(this.line[this.at] ?? '');
    this.endSegment();
    return this.segments;
  }

  private step(character: string): void {
    const special = this.specials[character];
    if (special !== undefined) special(character);
    else this.skip(() => (this.word = (this.word ?? '') + character));
  }

  private readonly separator = (character: string): void => {
    this.separate(character);
  };

  private readonly blank = (): void => {
    this.skip(() => {
      this.endWord();
    });
  };

  private readonly expansion = (character: string): void => {
    this.refuseExpansion(character);
    this.skip(() => (this.word = (this.word ?? '') + character));
  };

  /** What the characters that mean something do. */
  private readonly specials: Readonly<Record<string, (character: string) => void>> = {
    ' ': this.blank,
    '\t': this.blank,
    ...Object.fromEntries(['\n', ';', '&', '|', '(', ')'].map((each) => [each, this.separator])),
    '<': (character) => {
      this.redirect(character);
    },
    '>': (character) => {
      this.redirect(character);
    },
    '#': (character) => {
      if (this.word === null) this.comment();
      else this.skip(() => (this.word = (this.word ?? '') + character));
    },
    "'": () => {
      this.single();
    },
    '"': () => {
      this.double();
    },
    '`': this.expansion,
    $: this.expansion,
    '\\': () => {
      if (this.line[this.at + 1] !== '\n') this.word = (this.word ?? '') + (this.line[this.at + 1] ?? '');
      this.at += 2;
    },
  };

  private skip(then: () => unknown): void {
    this.at += 1;
    then();
  }

  private separate(character: string): void {
    if (character === '(' && (this.word !== null || this.words.length > 0)) unclear('a function or a list in ( )');
    // `2>&1` and `&>file` are redirections, not the end of a command.
    if (character === '&' && this.line[this.at + 1] === '>') {
      this.endWord();
      this.at += 1;
      return;
    }
    this.skip(() => this.endSegment());
  }

  private redirect(character: string): void {
    const next = this.line[this.at + 1];
    if (next === '(') unclear(`a substitution ${character}( )`);
    if (character === '<' && next === '<') unclear('a here-document');
    if (this.word !== null && /^\d+$/u.test(this.word)) this.word = null;
    this.endWord();
    this.at += 1;
    while (['>', '&', '|'].includes(this.line[this.at] ?? '')) this.at += 1;
    this.target = true;
  }

  private comment(): void {
    while (this.at < this.line.length && this.line[this.at] !== '\n') this.at += 1;
  }

  private single(): void {
    const end = this.line.indexOf("'", this.at + 1);
    if (end < 0) unclear('a quote without its end');
    this.word = (this.word ?? '') + this.line.slice(this.at + 1, end);
    this.at = end + 1;
  }

  private double(): void {
    this.word ??= '';
    for (this.at += 1; this.line[this.at] !== '"'; this.at += 1) {
      const character = this.line[this.at];
      if (character === undefined) return unclear('a quote without its end');
      if (character === '`' || character === '$') this.refuseExpansion(character);
      if (character !== '\\' || !'$`"\\\n'.includes(this.line[this.at + 1] ?? ' ')) this.word += character;
      else {
        this.at += 1;
        if (this.line[this.at] !== '\n') this.word += this.line[this.at] ?? '';
      }
    }
    this.at += 1;
  }

  /** `$NAME` among arguments may pass; what runs something, or could be a command's name, may not. */
  private refuseExpansion(character: string): void {
    if (character === '`') unclear('a substitution ` `');
    const next = this.line[this.at + 1] ?? ' ';
    if ('({\'"'.includes(next)) unclear(`a substitution $${next}`);
    if (this.words.length === 0) unclear('a variable where a command stands');
  }

  private endWord(): void {
    const { word } = this;
    this.word = null;
    if (word === null) return;
    if (this.target) this.target = false;
    else if (this.words.length > 0) this.words.push(word);
    else this.beginCommand(word);
  }

  private beginCommand(word: string): void {
    if (BEYOND.has(word)) unclear(`"${word}"`);
    if (BEFORE_COMMANDS.has(word)) return;
    if (ASSIGNMENT.test(word)) this.assignments.push(word);
    else if (/[*?[\]{}~]/u.test(word) && word !== '[') unclear('a pattern where a command stands');
    else this.words.push(word);
  }

  private endSegment(): void {
    this.endWord();
    if (this.target) unclear('a redirection to nowhere');
    if (this.words.length > 0 || this.assignments.length > 0) this.segments.push({ assignments: this.assignments, words: this.words });
    [this.assignments, this.words] = [[], []];
  }
}

/** Takes a shell line apart into the commands that it runs. What is quoted is one word, whatever stands in it; what would have to be run to be known is `unclear`. */
export function lexCommand(line: string): Lexed {
  if (line.includes('\0')) return { unclear: 'a NUL character' };
  if (line.length > LONGEST) return { unclear: `more than ${String(LONGEST)} characters` };
  try {
    return { segments: new Lexer(line.replaceAll('\r\n', '\n')).read() };
  } catch (error) {
    if (error instanceof Unclear) return { unclear: error.message };
    throw error;
  }
}
