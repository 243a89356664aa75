import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { MassgenError } from '../../errors.js';
import type { Table } from '../config/formats/move.js';
import { didYouMean } from '../config/nearest.js';
import { packageRoot } from '../config/package-root.js';
import { parseAgentDocument } from './agent-document.js';
import { toolProfiles } from './tool-profiles.js';

/** An agent that comes with the package, to be made from. */
export interface AgentTemplate {
  readonly name: string;
  /** The first line of its opening comment. */
  readonly summary: string;
  readonly file: string;
  /** `{id, system_message, tools?}` */
  readonly agent: Table;
}

const templateFolder = (): string => path.join(packageRoot(), 'templates');

async function readTemplate(name: string): Promise<AgentTemplate> {
  const file = path.join(templateFolder(), `${name}.yaml`);
  const text = await readFile(file, 'utf8');
  const document = await parseAgentDocument(file, text, {});
  if ('problem' in document) throw new MassgenError('internal', document.problem);
  return { name, summary: /^# *(.*)/.exec(text)?.[1] ?? '', file, agent: document.agents[0] ?? {} };
}

export async function templateNames(): Promise<readonly string[]> {
  const names = await readdir(templateFolder());
  return names.filter((base) => base.endsWith('.yaml')).map((base) => base.slice(0, -'.yaml'.length)).sort();
}

export const listTemplates = async (): Promise<readonly AgentTemplate[]> => Promise.all((await templateNames()).map(readTemplate));

/** Throws `usage-invalid` where there is none of this name, with the nearest one. `orTools`: whether the name of a set of tools would have done. */
export async function findTemplate(name: string, orTools = false): Promise<AgentTemplate> {
  const names = await templateNames();
  if (names.includes(name)) return readTemplate(name);
  const known = [...names, ...(orTools ? toolProfiles.map((profile) => profile.name) : [])];
  throw new MassgenError('usage-invalid', `there is no ${orTools ? 'profile' : 'template'} ${JSON.stringify(name)}; ${didYouMean(name, known) ?? `there are ${known.join(', ')}`}`);
}
