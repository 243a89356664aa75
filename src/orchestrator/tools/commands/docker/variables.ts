import { readFile } from 'node:fs/promises';
import { parse } from 'dotenv';
import { MassgenError } from '../../../../errors.js';
import type { DockerSettings } from './settings.js';

/** Shorter values are in every text. */
const SHORTEST_SECRET = 8;
/** Docker's client, too, goes by these; they are given to the container alone. */
const CLIENTS = /^(?:PATH|HOME|DOCKER_\w+)$/u;

async function readFileVariables({ envFile }: DockerSettings): Promise<Readonly<Record<string, string>>> {
  if (envFile === undefined) return {};
  const text = await readFile(envFile.path, 'utf8').catch((error: unknown) => {
    throw new MassgenError('config-invalid', `command_line_docker_credentials.env_file: ${envFile.path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'}); make it or correct the path`);
  });
  const { only } = envFile;
  return Object.fromEntries(Object.entries(parse(text)).filter(([name]) => only?.includes(name) ?? true));
}

/** Variables of a container that the user has named: its file's, then those of massgen's environment. Throws `config-invalid` for a file that cannot be read. */
export async function readVariables(settings: DockerSettings, lookUp: (name: string) => string | undefined): Promise<Readonly<Record<string, string>>> {
  const named = settings.envVars.flatMap((name) => {
    const value = lookUp(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...(await readFileVariables(settings)), ...Object.fromEntries(named) };
}

/** Values that nobody is shown, longest first. */
export const secretsAmong = (variables: Readonly<Record<string, string>>): readonly string[] =>
  [...new Set(Object.values(variables))].filter((value) => value.length >= SHORTEST_SECRET).sort((one, other) => other.length - one.length);

/** How Docker is told of them: by name, so that no list of processes shows a value, through the client's environment. */
export function variableArguments(variables: Readonly<Record<string, string>>): { readonly args: readonly string[]; readonly environment: Readonly<Record<string, string>> } {
  const args = Object.entries(variables).flatMap(([name, value]) => ['--env', CLIENTS.test(name) ? `${name}=${value}` : name]);
  return { args, environment: Object.fromEntries(Object.entries(variables).filter(([name]) => !CLIENTS.test(name))) };
}
