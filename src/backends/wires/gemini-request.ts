import type { GenerateContentParameters } from '@google/genai';
import type { BackendRequest, ToolChoice } from '../contract.js';
import type { BackendConfig, Endpoint } from '../spec.js';
import { defined } from './chat-request.js';
import { contentsOf } from './gemini-contents.js';
import { isGemini3, tellsThoughts, thinkingByEffort } from './gemini-models.js';
import { stringOf } from './json.js';
import { sampled } from './sampled.js';
import { toolSchema } from './tool-schema.js';

/**
 * What the SDK is asked for (https://ai.google.dev/api/generate-content). Stateless: everything is sent every time.
 * `continuationToken` goes on with a reply that the vendor broke at its own limit.
 */
export function generateParameters(request: BackendRequest, endpoint: Endpoint, continuationToken?: string): GenerateContentParameters {
  const { model } = endpoint;
  const config = sampled(endpoint, request);
  const { system, contents } = contentsOf(request.messages, isGemini3(model));
  const { stop } = config;
  const parameters = {
    model,
    contents,
    config: {
      automaticFunctionCalling: { disable: true },
      automaticContinuation: false,
      ...toolFields(request, config, model),
      ...formatFields(request),
      ...defined({
        systemInstruction: system === '' ? undefined : { parts: [{ text: system }] },
        temperature: config.temperature,
        topP: config.top_p,
        topK: config.top_k,
        maxOutputTokens: config.max_tokens,
        stopSequences: stop === undefined ? undefined : [stop].flat(),
        seed: config.seed,
        presencePenalty: config.presence_penalty,
        frequencyPenalty: config.frequency_penalty,
        safetySettings: config.safety_settings,
        thinkingConfig: thinkingOf(config, model),
        httpOptions: config.extra_body === undefined ? undefined : { extraBody: config.extra_body },
        continuationToken,
      }),
    },
  };
  return parameters as unknown as GenerateContentParameters;
}

/** Gemini takes a form for the reply only where there are no functions to call. */
function formatFields({ format, tools }: BackendRequest): object {
  if (format === undefined || tools.length > 0) return {};
  const schema = format.type === 'json-schema' ? { responseJsonSchema: format.schema } : {};
  return { responseMimeType: 'application/json', ...schema };
}

function toolFields({ tools, toolChoice }: BackendRequest, config: BackendConfig, model: string): object {
  const functions = tools.map(({ name, description, parameters }) => ({ name, description, parametersJsonSchema: toolSchema(parameters) }));
  const wanted = [...(config.enable_web_search ? [{ googleSearch: {} }] : []), ...(config.enable_code_execution ? [{ codeExecution: {} }] : [])];
  // "Tool use with function calling is unsupported" before Gemini 3: there a call with functions goes without.
  const own = functions.length > 0 && !isGemini3(model) ? [] : wanted;
  if (own.length + functions.length === 0) return {};
  const both = own.length > 0 && functions.length > 0 ? { includeServerSideToolInvocations: true } : {};
  return {
    tools: [...own, ...(functions.length > 0 ? [{ functionDeclarations: functions }] : [])],
    ...(functions.length > 0 ? { toolConfig: { functionCallingConfig: callingConfig(toolChoice, config), ...both } } : {}),
  };
}

function callingConfig(choice: ToolChoice, { function_calling_mode: mode }: BackendConfig): object {
  if (choice === 'auto') return { mode: mode ?? 'AUTO' };
  if (choice === 'none') return { mode: 'NONE' };
  return choice === 'required' ? { mode: 'ANY' } : { mode: 'ANY', allowedFunctionNames: [choice.name] };
}

const camel = (name: string): string => name.replace(/_(\w)/g, (_all, letter: string) => letter.toUpperCase());

/** `thinking_config` as Gemini writes it, `thinking` as Anthropic does, `reasoning.effort` as OpenAI does. */
function thinkingOf(config: BackendConfig, model: string): object | undefined {
  const { thinking, thinking_config: own, reasoning } = config;
  const given = Object.fromEntries(Object.entries({ ...thinking, ...own }).map(([name, value]) => [camel(name), value]));
  const { type, budgetTokens, ...rest } = given;
  const budget = budgetTokens === undefined ? {} : { thinkingBudget: budgetTokens };
  const byType = type === 'disabled' ? thinkingByEffort(model, 'none') : type === 'adaptive' && !isGemini3(model) ? { thinkingBudget: -1 } : {};
  const effort = stringOf(reasoning?.effort);
  const said = { ...byType, ...budget, ...rest };
  // A level and a budget at once are refused.
  const byEffort = effort === '' || 'thinkingBudget' in said || 'thinkingLevel' in said ? {} : thinkingByEffort(model, effort);
  const chosen: Readonly<Record<string, unknown>> = { ...byEffort, ...said };
  const tells = config.include_thoughts ?? (tellsThoughts(model) && chosen['thinkingBudget'] !== 0);
  const thoughts = { includeThoughts: tells, ...chosen };
  return tells || Object.keys(chosen).length > 0 ? thoughts : undefined;
}
