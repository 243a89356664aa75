import { count, flag, number } from './kinds.js';
import type { Capability } from './types.js';

/** What only one vendor's backend knows. */
export const plannedVendors: readonly Capability[] = [
  {
    name: 'more of the OpenAI backend',
    keys: {
      backend: {
        websocket_mode: flag('Speak to the provider over a WebSocket.'),
        enable_computer_use: flag('The provider’s own computer use.'),
        max_incomplete_response_retries: count('How often a cut reply is asked for again.'),
      },
    },
  },
  {
    name: 'aids for tests',
    keys: {
      backend: { debug_delay_seconds: number('Slows the agent down.'), debug_delay_after_n_tools: count('When the slowing down begins.') },
      orchestrator: { debug_final_answer: { type: ['string', 'boolean'], description: 'The answer that the evaluation sees.' } },
    },
  },
];
