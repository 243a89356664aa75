import type { McpServerSettings } from './settings.js';

/** What `${cwd}` of a server's program stands for: known only when the run begins. */
export function inWorkspace(settings: McpServerSettings, folder: string): McpServerSettings {
  if (settings.transport !== 'stdio') return settings;
  const { args, env, cwd } = settings;
  const put = (text: string): string => text.replaceAll('${cwd}', folder);
  return { ...settings, args: args.map(put), env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, put(value)])), ...(cwd === undefined ? {} : { cwd: put(cwd) }) };
}
