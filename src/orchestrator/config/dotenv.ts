import { parse } from 'dotenv';
import path from 'node:path';
import type { Environment } from './interpolate.js';
import { placesWith, userFolder, type Places } from './places.js';
import { readText } from './read-text.js';

export interface LoadedEnvironment {
  readonly env: Environment;
  /** What is wrong with which `.env` file. */
  readonly warnings: readonly string[];
}

// Absent is normal; a folder called `.env` is a Python virtual environment.
const quiet = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

interface Reading {
  readonly values: Readonly<Record<string, string>>;
  readonly warning?: string;
}

async function readEnvFile(file: string): Promise<Reading> {
  const text = await readText(file);
  if (typeof text !== 'string') return { values: {}, ...(quiet.has(text.code ?? '') ? {} : { warning: `${file} ${text.reason}` }) };
  const values = parse(text);
  const hasContent = text.split(/\r?\n/).some((line) => line.trim() !== '' && !line.trim().startsWith('#'));
  if (hasContent && Object.keys(values).length === 0) return { values: {}, warning: `${file} has no line of the form NAME=value` };
  return { values };
}

/**
 * The environment that a configuration is read with: `base` (the process's own), then `./.env`, then
 * `~/.config/massgen/.env`, then `~/.massgen/.env`; the first that has a name wins. Nothing is changed in place.
 */
export async function loadEnvironment(base: Environment, given: Partial<Places> = {}): Promise<LoadedEnvironment> {
  const places = placesWith(given);
  const folders = [places.cwd, userFolder(places), path.join(places.home, '.massgen')];
  const readings = await Promise.all([...new Set(folders)].map((folder) => readEnvFile(path.join(folder, '.env'))));
  const layers = [base, ...readings.map((reading) => reading.values)].toReversed();
  const entries = layers.flatMap((layer) => Object.entries(layer)).filter(([, value]) => value !== undefined);
  return {
    env: Object.fromEntries(entries),
    warnings: readings.flatMap((reading) => reading.warning ?? []),
  };
}
