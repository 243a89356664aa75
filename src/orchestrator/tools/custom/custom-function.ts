import type { ToolContext } from '../contract.js';

/** One function of the user's, however it is run. */
export interface CustomFunction {
  readonly name: string;
  readonly description: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly run: (args: Readonly<Record<string, unknown>>, context: ToolContext) => Promise<unknown>;
}
