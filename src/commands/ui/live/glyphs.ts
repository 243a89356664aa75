/** The few signs that the view draws; each takes one cell. */
export interface Glyphs {
  readonly waiting: string;
  readonly working: string;
  readonly done: string;
  readonly failed: string;
  readonly winner: string;
  readonly retry: string;
  readonly column: string;
  readonly rule: string;
  readonly full: string;
  readonly empty: string;
  readonly note: string;
  readonly more: string;
  readonly dot: string;
}

export const UNICODE: Glyphs = { waiting: '○', working: '●', done: '✓', failed: '✗', winner: '★', retry: '↻', column: '│', rule: '─', full: '█', empty: '░', note: '›', more: '…', dot: '·' };
/** For consoles whose fonts or code pages lack the others. */
export const ASCII: Glyphs = { waiting: 'o', working: '*', done: '+', failed: 'x', winner: '#', retry: '~', column: '|', rule: '-', full: '#', empty: '.', note: '>', more: '~', dot: '-' };

type Environment = Readonly<Record<string, string | undefined>>;

/** What this terminal can draw, as far as the environment tells. */
export function glyphsFor(env: Environment, platform: NodeJS.Platform): Glyphs {
  if (platform === 'win32') return env['WT_SESSION'] === undefined && env['TERM_PROGRAM'] === undefined && env['ConEmuANSI'] === undefined ? ASCII : UNICODE;
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find((each) => each !== undefined && each !== '');
  const narrow = env['TERM'] === 'linux' || (locale !== undefined && !/utf-?8/iu.test(locale));
  return narrow ? ASCII : UNICODE;
}
