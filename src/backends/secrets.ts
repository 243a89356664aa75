const SHORTEST = 4;
const SECRET_NAME = /auth|key|token|secret|cookie/i;

/** The values that must not be seen: the key, and headers that carry one. */
export function secretsOf(apiKey: string | undefined, headers: Readonly<Record<string, string>>): readonly string[] {
  const inHeaders = Object.entries(headers)
    .filter(([name]) => SECRET_NAME.test(name))
    .flatMap(([, value]) => [value, value.replace(/^\w+\s+/, '')]);
  return [apiKey ?? '', ...inHeaders].filter((value) => value.length >= SHORTEST).sort((a, b) => b.length - a.length);
}

/** The text with every secret in it replaced by `[key]`, also where it was written as JSON or into a URL. */
export function masked(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    for (const form of new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)])) clean = clean.replaceAll(form, '[key]');
  }
  return clean;
}
