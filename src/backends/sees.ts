import { rowOf } from './catalog.js';

/** Families of open models that take images, however a vendor spells them. */
const SEEING = /vision|llava|pixtral|moondream|minicpm-?v|internvl|omni|gemma-?[34]|llama-?4|[-_.\d]vl\b|-vl-|\bvl[-:\d]|glm-[\d.]+v|kimi-k(?:2\.[5-9]|[3-9])|qwen-?3\.[5-9]|mistral-(?:small|medium|large)-?(?:[3-9]|latest|2[6-9]\d\d)|mistral-(?:small-250[36]|medium-25|large-2512)/iu;

/** Those that do not, of vendors whose models do. */
const BLIND = /^gpt-3|^gpt-4$|^o1-(?:mini|preview)|^o3-mini|^claude-(?:2|instant)|^grok-(?:3|code)/u;

/** Whether a backend's model takes images; at an address that is nobody's we know, it is left to whoever answers there. */
export function takesImages(backend: string, model: string): boolean {
  const row = rowOf(backend);
  if (row?.images === true) return !BLIND.test(model);
  return row?.id === 'chatcompletion' || SEEING.test(model);
}
