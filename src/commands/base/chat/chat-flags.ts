import { Flags } from '@oclif/core';
import { runFlags, type RunFlagValues } from '../run-flags.js';

const { config, agent, backend, model, agents, strict, timeout, display, accessible } = runFlags;

/** What `massgen chat` can be told: flags of `massgen run` that mean something for a conversation. */
export const chatFlags = {
  ...{ config, agent, backend, model, agents, strict, timeout, display, accessible },
  'base-url': runFlags['base-url'],
  'system-message': runFlags['system-message'],
  'log-dir': runFlags['log-dir'],
  'log-files': runFlags['log-files'],
  'max-cost': runFlags['max-cost'],
  'max-tokens-total': runFlags['max-tokens-total'],
  continue: Flags.boolean({ description: 'Go on with the newest session', helpGroup: 'SESSION', exclusive: ['session-id'] }),
  'session-id': Flags.string({ description: 'Go on with this session: an id, the name of its log directory or any part that is unique, or its path', helpValue: 'ID', helpGroup: 'SESSION' }),
};

export type ChatFlagValues = Pick<RunFlagValues, keyof typeof chatFlags>;

/** Whether flags already say who answers. */
export const namesTeam = (flags: ChatFlagValues): boolean => [flags.config, flags.agent, flags.backend, flags.model, flags['base-url'], flags.agents, flags.continue === true ? true : undefined, flags['session-id']].some((each) => each !== undefined);
