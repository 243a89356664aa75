const MOST_ALTERNATIVES = 64;
const LONGEST_PATTERN = 500;

/** `{a,b}` written out; nested ones too. */
function alternatives(pattern: string): readonly string[] {
  const done: string[] = [];
  const open = [pattern];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const inner = /\{([^{}]*,[^{}]*)\}/u.exec(next);
    if (inner?.[1] === undefined) done.push(next);
    else for (const choice of inner[1].split(',')) open.push(next.slice(0, inner.index) + choice + next.slice(inner.index + inner[0].length));
    if (open.length + done.length > MOST_ALTERNATIVES) throw new Error(`the pattern has more than ${MOST_ALTERNATIVES} alternatives`);
  }
  return done;
}

type Piece = '*' | ((character: string) => boolean);

function bracket(text: string): (character: string) => boolean {
  const negated = /^[!^]/u.test(text);
  const members = Array.from(negated ? text.slice(1) : text);
  const tests = members.flatMap((member, index) => {
    if (member === '-' && index > 0 && index < members.length - 1) return [];
    const [dash, end] = [members[index + 1], members[index + 2]];
    return dash === '-' && end !== undefined ? [(character: string) => character >= member && character <= end] : [(character: string) => character === member];
  });
  return (character) => tests.some((test) => test(character)) !== negated;
}

function piecesOf(name: string): readonly Piece[] {
  const parts = name.match(/\*+|\[[!^]?\]?[^\]]*\]|[\s\S]/gu) ?? [];
  return parts.map((part): Piece => {
    if (part.startsWith('*')) return '*';
    if (part === '?') return () => true;
    if (part.length > 2 && part.startsWith('[')) return bracket(part.slice(1, -1));
    return (character) => character === part;
  });
}

/** One name against one pattern without `/`: only the last star is ever taken back, so it takes length times length at most. */
function matchesName(pieces: readonly Piece[], name: readonly string[]): boolean {
  let [piece, at, star, retry] = [0, 0, -1, 0];
  while (at < name.length) {
    const test = pieces[piece];
    if (test === '*') {
      star = piece;
      retry = at;
      piece += 1;
    } else if (test?.(name[at] ?? '') === true) {
      piece += 1;
      at += 1;
    } else if (star >= 0) {
      piece = star + 1;
      retry += 1;
      at = retry;
    } else return false;
  }
  return pieces.slice(piece).every((rest) => rest === '*');
}

type Step = 'any' | readonly Piece[];

function matchesPath(steps: readonly Step[], names: readonly (readonly string[])[]): boolean {
  // `reach` holds how many names the steps so far can have used up.
  let reach = new Set([0]);
  for (const [index, step] of steps.entries()) {
    if (step === 'any') {
      // At the end it stands for something: `src/**` is not `src`.
      const first = Math.min(...reach) + (index > 0 && index === steps.length - 1 ? 1 : 0);
      reach = new Set(Array.from({ length: Math.max(0, names.length - first + 1) }, (_none, more) => first + more));
    } else {
      reach = new Set([...reach].filter((used) => used < names.length && matchesName(step, names[used] ?? [])).map((used) => used + 1));
    }
    if (reach.size === 0) return false;
  }
  return reach.has(names.length);
}

/**
 * A test of relative paths: `*` and `?` inside a name, `**` for any folders, `[a-z]`, `{a,b}`; names with a dot in front match too.
 * The patterns are a model's, so no pattern takes long. Throws for one that is too large.
 */
export function globTest(pattern: string): (path: string) => boolean {
  if (pattern.length > LONGEST_PATTERN) throw new Error(`the pattern is longer than ${LONGEST_PATTERN} characters`);
  const all = alternatives(pattern).map((each) => each.split('/').map((name): Step => (name === '**' ? 'any' : piecesOf(name))));
  return (path) => {
    const names = path.split('/').map((name) => Array.from(name));
    return all.some((steps) => matchesPath(steps, names));
  };
}
