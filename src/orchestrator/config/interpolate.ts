export type Environment = Readonly<Record<string, string | undefined>>;

export interface Interpolation {
  readonly text: string;
  /** Names that have no value and no default; their references are left in the text. */
  readonly unset: readonly string[];
  /** Names that `allowed` refused; their references are left in the text. */
  readonly refused: readonly string[];
  /** The text was nothing but one reference, now replaced. */
  readonly whole: boolean;
}

// Braces are kept out of defaults so that a run of unclosed references cannot be scanned again and again.
const reference = /\$(\$\{)|\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^{}]*))?\}/g;
const wholeReference = /^\$\{[A-Za-z_][A-Za-z0-9_]*(?::-[^{}]*)?\}$/;

/** Replaces `${NAME}` and `${NAME:-default}` (for unset or empty); `$${` stands for `${`. */
export function interpolate(text: string, env: Environment, allowed: (name: string) => boolean = () => true): Interpolation {
  if (!text.includes('${')) return { text, unset: [], refused: [], whole: false };
  const unset = new Set<string>();
  const refused = new Set<string>();
  const replaced = text.replace(reference, (match: string, escaped: string | undefined, name: string | undefined, otherwise: string | undefined) => {
    if (escaped !== undefined || name === undefined) return '${';
    if (!allowed(name)) {
      refused.add(name);
      return match;
    }
    const value = Object.hasOwn(env, name) ? env[name] : undefined;
    if (value !== undefined && (value !== '' || otherwise === undefined)) return value;
    if (otherwise !== undefined) return otherwise;
    unset.add(name);
    return match;
  });
  const whole = wholeReference.test(text) && unset.size + refused.size === 0;
  return { text: replaced, unset: [...unset], refused: [...refused], whole };
}
