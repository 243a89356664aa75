import { formatIssue } from '../../../../src/orchestrator/config/issue.js';
import { checkConfigFile, type CheckedFile, type LoadOptions } from '../../../../src/orchestrator/config/load.js';
import type { Config } from '../../../../src/orchestrator/config/schema/root.js';
import { folderWith } from '../temporary-folder.js';

export interface Reading {
  readonly config: Config | undefined;
  /** `severity line:column location: message` */
  readonly remarks: readonly string[];
  readonly teams: CheckedFile['teams'];
}

/** What is read from one file, in whatever language its name or its shape says. */
export async function readConfig(name: string, text: string, env: Readonly<Record<string, string>> = {}, options: LoadOptions = {}): Promise<Reading> {
  const cwd = folderWith({ [name]: text });
  const { config, issues, teams } = await checkConfigFile(`./${name}`, env, { cwd, ...options });
  return { config, teams, remarks: issues.map((issue) => `${issue.severity} ${formatIssue(issue).replace(/^line /, '').replace(/\n[^]*/, '')}`) };
}
