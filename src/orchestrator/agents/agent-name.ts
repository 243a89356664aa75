import { MassgenError } from '../../errors.js';

/** What the name of a model may be written behind. */
const prefixes = /^(?:massgen|openfang|agentpool):/;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const wellFormed = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9_-])?$/;
const extension = /\.(?:ya?ml|json|toml|ai)$/i;
// Models of the server's own, and names that Windows keeps for devices.
const reserved = /^(?:massgen|openfang|agentpool|default|con|prn|aux|nul|com\d|lpt\d)$/i;

export const isUuid = (text: string): boolean => uuid.test(text);

/** Whether text is a path rather than a name: it has a slash or the extension of an agent file. */
export const isAgentPath = (text: string): boolean => /[/\\]/.test(text) || extension.test(text);

/** What a reference names, without `massgen:`, `openfang:` or `agentpool:`. */
export const withoutPrefix = (reference: string): string => reference.replace(prefixes, '');

/** The name of a file's agent: the file's own, without extension. */
export const nameOfFile = (base: string): string => base.replace(extension, '');

export const isAgentFile = (base: string): boolean => !base.startsWith('.') && extension.test(base);

/** Throws `usage-invalid` for what cannot be the name of an agent: it becomes a file's name and a model's. */
export function refuseBadName(name: string): void {
  const refuse = (why: string): never => {
    throw new MassgenError('usage-invalid', `${JSON.stringify(name.slice(0, 100))} cannot be the name of an agent: ${why}`);
  };
  if (!wellFormed.test(name)) refuse('use 1 to 64 letters, digits, "-", "_" and ".", beginning with a letter or digit and not ending in a dot');
  if (reserved.test(name)) refuse('it is reserved');
  if (isUuid(name)) refuse('it would be taken for an id');
  if (extension.test(name)) refuse('it would be taken for a file; leave out the extension');
}
