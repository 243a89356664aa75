/** Families of open models that take images, however a vendor spells them. */
const SEEING = /vision|llava|pixtral|moondream|minicpm-?v|internvl|omni|gemma-?3|llama-?4|[-_.\d]vl\b|-vl-|\bvl[-:\d]|glm-[\d.]+v|kimi-k2\.5|mistral-(?:small|medium)-?3/iu;

/** Vendors all of whose models, or all but these, take images. */
const VENDORS: Readonly<Record<string, RegExp | null>> = {
  openai: /^gpt-3\.5|^o[13]-mini|^o1-preview/u,
  azure_openai: /^gpt-3\.5|^gpt-35/u,
  claude: /^claude-(?:2|instant)/u,
  claude_code: null,
  gemini: /embedding/u,
  grok: /^grok-(?:2(?!-vision)|3|code)/u,
  openrouter: null,
  poe: null,
  chatcompletion: null,
};

/** Whether a backend's model takes images; where nobody knows, the vendor is left to say. */
export function takesImages(backend: string, model: string): boolean {
  if (!Object.hasOwn(VENDORS, backend)) return SEEING.test(model);
  const blind = VENDORS[backend];
  return !(blind?.test(model) ?? false);
}
