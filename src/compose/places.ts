import { readFileSync } from 'node:fs';

interface PackageFile {
  readonly version: string;
}

let version: string | undefined;

/** This package's version, as its package.json says. */
export function massgenVersion(): string {
  version ??= (JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as PackageFile).version;
  return version;
}
