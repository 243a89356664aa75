import { readFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../orchestrator/config/package-root.js';

interface PackageFile {
  readonly version: string;
}

let version: string | undefined;

/** This package's version, as its package.json says. */
export function massgenVersion(): string {
  version ??= (JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as PackageFile).version;
  return version;
}
