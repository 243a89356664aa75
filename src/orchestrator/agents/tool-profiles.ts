/** A set of tools by name: an agent with it has these tools and no others. */
export interface ToolProfile {
  readonly name: string;
  readonly summary: string;
  /** `*` is every tool. */
  readonly tools: readonly string[];
}

export const toolProfiles: readonly ToolProfile[] = [
  { name: 'minimal', summary: 'Reads files', tools: ['file_read', 'file_list'] },
  { name: 'coding', summary: 'Reads and writes files, runs commands, fetches pages', tools: ['file_read', 'file_write', 'file_list', 'shell_exec', 'web_fetch'] },
  { name: 'research', summary: 'Searches and fetches, keeps files', tools: ['web_fetch', 'web_search', 'file_read', 'file_write'] },
  { name: 'full', summary: 'Every tool there is', tools: ['*'] },
];

export const toolProfileOf = (name: string): ToolProfile | undefined => toolProfiles.find((profile) => profile.name === name);

/** The tools behind what a file says: the name of a profile, or a list. */
export function toolsOf(written: unknown): readonly string[] {
  if (typeof written === 'string') return toolProfileOf(written)?.tools ?? [written];
  return Array.isArray(written) ? written.filter((tool) => typeof tool === 'string') : [];
}

export const knownTools: readonly string[] = [...new Set(toolProfiles.flatMap(({ tools }) => tools))];
