/** OpenAI's models that think before they answer: they take `reasoning`, give their thoughts back encrypted, and refuse sampling. */
export const isReasoningModel = (model: string): boolean => /^(?:gpt-(?:[5-9]|\d\d)|o[1-9])/.test(model) && !/-chat\b/.test(model);
