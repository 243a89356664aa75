import type { Environment } from './interpolate.js';

export const hidden = '***';
// Whoever has several keys numbers them. Of tokens only one is a secret: several are an amount.
const secretName = /(^|_)(keys?|apikeys?|token|secrets?|passwords?|passwd|pass|passphrase|pat|authorization|credentials?|cookies?)(?:_?\d{1,3})?$/;
/** What stands below it names what a container is given, and is none of it. */
const namesOfCredentials = 'docker_credentials';
/** Below these keys JSON Schema names values: a table there says what one may be, and holds none. */
const namesOfSchemas: ReadonlySet<string> = new Set(['properties', 'patternProperties', '$defs', 'definitions']);
const knownShapes = /\b(sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xai|gsk|hf|xox[abp])[-_][A-Za-z0-9_-]{16,}|\bAIza[A-Za-z0-9_-]{20,}/g;
const userInfo = /(:\/\/[^\s/:@]{1,200}:)[^\s/@]{1,500}@/g;
const queryKey = /([?&](?:[\w-]{0,40}key|token|secret|password|sig|signature)=)[^&\s#]+/gi;

/** Whether a key or variable of this name holds something to keep quiet about. */
export function isSecretName(name: string): boolean {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').replaceAll(/[\s.-]+/g, '_');
  return secretName.test(words.toLowerCase()) && !words.toLowerCase().endsWith(namesOfCredentials);
}

/** The values of an environment's secret variables, longest first. */
export function secretValues(env: Environment): readonly string[] {
  const values = Object.entries(env).flatMap(([name, value]) => (value !== undefined && value !== '' && isSecretName(name) ? [value] : []));
  return longestFirst(values);
}

/** The path of a file with a secret in it is none itself. */
export const isPath = (text: string): boolean => /^(?:[/~.]|[A-Za-z]:\\)/u.test(text);

const shortestWithin = 8;
const shortestWritten = 4;

function maskText(text: string, secrets: readonly string[]): string {
  if (secrets.includes(text)) return hidden;
  const withoutValues = secrets.filter((secret) => secret.length >= shortestWithin).reduce((rest, secret) => rest.replaceAll(secret, hidden), text);
  return withoutValues.replaceAll(knownShapes, hidden).replaceAll(userInfo, `$1${hidden}@`).replaceAll(queryKey, `$1${hidden}`);
}

/** Whether a key of a table, itself below the key `above`, holds secrets. */
const holdsSecrets = (key: string, child: unknown, above: string): boolean => isSecretName(key) && !(namesOfSchemas.has(above) && typeof child === 'object' && !Array.isArray(child));

function textsBelow(value: unknown, secret: boolean, above = ''): readonly string[] {
  if (typeof value === 'string') return secret && value.length >= shortestWritten ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => textsBelow(child, secret || (!Array.isArray(value) && holdsSecrets(key, child, above)), key));
}

/** So that of two secrets, one of which begins with the other, the longer one is hidden whole. */
const longestFirst = (texts: readonly string[]): readonly string[] => [...new Set(texts)].sort((a, b) => b.length - a.length);

/** A header's value without the word for what it is: who repeats a secret repeats it alone. */
const withoutScheme = (text: string): readonly string[] => [text, ...(/^(?:bearer|basic|token)\s+(\S{4,})$/i.exec(text)?.slice(1) ?? [])];

/** The texts that secret keys hold in a configuration, as somebody wrote them. The value must be a tree of plain JSON. */
export function writtenSecrets(value: unknown): readonly string[] {
  return longestFirst(textsBelow(value, false).filter((text) => !text.includes('${')).flatMap(withoutScheme));
}

/** A reference that is a word of its own: in `${HOME}/key.json` and `${USER}:${TOKEN}` not every variable is a secret. */
const loneReference = /(?<![^\s,;=])\$\{([A-Za-z_][A-Za-z0-9_]*)(?::-[^{}]*)?\}(?![^\s,;])/g;

const isReferencedSecret = (text: string | undefined): text is string => text !== undefined && text.length >= shortestWritten && !isPath(text);

/** What the variables hold that secret keys of a configuration name, whatever their own names are. The value must be a tree of plain JSON. */
export function referencedSecrets(value: unknown, env: Environment): readonly string[] {
  const names = textsBelow(value, false).flatMap((text) => [...text.matchAll(loneReference)].map(([, name = '']) => name));
  return longestFirst(names.map((name) => (Object.hasOwn(env, name) ? env[name] : undefined)).filter(isReferencedSecret));
}

/** What a configuration and its environment know together: secret variables and those that secret keys name; with `written`, also what stands there. */
export function knownSecrets(value: unknown, env: Environment, { written = false } = {}): readonly string[] {
  return longestFirst([...secretValues(env), ...referencedSecrets(value, env), ...(written ? writtenSecrets(value) : [])]);
}

/** What stays of a secret key's value: the names of the variables in it. */
function maskSecret(text: string): string {
  const references = text.match(/\$\{[A-Za-z_][A-Za-z0-9_]*/g);
  return references === null ? hidden : references.map((reference) => `${reference}}`).join('');
}

function maskValue(value: unknown, secrets: readonly string[], secret: boolean, above = ''): unknown {
  if (typeof value === 'string') return secret ? maskSecret(value) : maskText(value, secrets);
  if (Array.isArray(value)) return value.map((item) => maskValue(item, secrets, secret));
  if (typeof value !== 'object' || value === null) return secret && value !== null && value !== undefined && typeof value !== 'boolean' ? hidden : value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, maskValue(child, secrets, secret || holdsSecrets(key, child, above), key)]));
}

/**
 * A deep copy that may be logged: what secret keys hold is `***`, and so is every value in `secrets` wherever it
 * stands. `${OPENAI_API_KEY}` stays as text. The value must be a tree of plain JSON.
 */
export function maskConfig(value: unknown, secrets: readonly string[] = []): unknown {
  return maskValue(value, secrets, false);
}

const pair = /([\w.-]{1,100})(["']?\s{0,20}:\s{0,20})("[^"]*"?|'[^']*'?|[^\s,}\]{["'][^,}\]]*)/g;

/** A line of YAML that may be shown, whole or broken. */
export function maskLine(line: string): string {
  const match = /^([\s-]*["']?([\w.-]{1,100})["']?\s*:\s*)\S/.exec(line);
  if (match?.[1] !== undefined && match[2] !== undefined && isSecretName(match[2])) return `${match[1]}${maskSecret(line.slice(match[1].length))}`;
  const masked = line.replaceAll(pair, (whole: string, name: string, colon: string, value: string) => (isSecretName(name) ? `${name}${colon}${maskSecret(value)}${value.slice(value.trimEnd().length)}` : whole));
  return maskText(masked, []);
}
