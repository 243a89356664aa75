import type { Path } from './path.js';

type Names = Readonly<Record<string, string>>;

const asPrompt = 'write it as "prompt"';
const asMessage = 'write it as "system_message"';
const inBackend = 'it belongs under "agents[].backend"';

/** Wrong names that are often written and resemble nothing, by where they stand. */
const anywhere: Names = { append_system_prompt: 'write it into "system_message"', display: 'write it under "ui"', task: asPrompt, question: asPrompt };
const ofAgent: Names = { name: 'write it as "id"', role: asMessage, instructions: asMessage, prompt: asMessage, system: asMessage, persona: asMessage, type: inBackend, provider: 'write it as "type", under "agents[].backend"', llm_config: inBackend };
const ofBackend: Names = { max_completion_tokens: 'write it as "max_tokens"', max_output_tokens: 'write it as "max_tokens"', reasoning_effort: 'write "reasoning: {effort: …}"', headers: 'write it as "extra_headers"', timeout: 'write "idle_timeout_seconds" under "timeout_settings"' };
const ofOrchestrator: Names = { timeout: 'write it as "timeout_settings", beside "orchestrator"' };

function namesAt(path: Path): Names {
  const last = path.at(-1);
  if (last === 'backend' || path.at(-2) === 'fallback') return ofBackend;
  if (last === 'orchestrator') return ofOrchestrator;
  return last === 'agent' || ['agents', 'subagent_agents'].includes(String(path.at(-2))) ? ofAgent : {};
}

/** What to write instead of an unknown key of this place, where that is known. */
export function misnomer(key: string, path: Path): string | undefined {
  return [namesAt(path), anywhere].map((names) => (Object.hasOwn(names, key) ? names[key] : undefined)).find((better) => better !== undefined);
}
