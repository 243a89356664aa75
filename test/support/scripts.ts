/** Configurations of scripted agents, as objects. */

const agent = (id: string, script: readonly object[], more: object = {}): object => ({ id, backend: { type: 'scripted', script, ...more } });

/** One agent that repeats the prompt between angle brackets. */
export const ECHO = { agent: agent('solo', [{ text: '<{{task}}>' }], { loop: true }) };

/** One agent that never says anything. */
export const MUTE = { agent: agent('solo', [{ fault: 'silence' }]) };

/** Two agents that agree on the first one's answer. */
export const AGREED = {
  agents: [
    agent('one', [{ answer: 'The agreed answer.' }, { vote: 'agent1' }]),
    agent('two', [{ answer: 'Another answer.' }, { vote: 'agent1' }]),
  ],
};

/** `one` answers, then both wait for ever. */
export const STUCK = {
  agents: [agent('one', [{ answer: 'The first answer.' }, { fault: 'silence' }]), agent('two', [{ fault: 'silence' }])],
};

/** One agent that says this text. */
export const saying = (text: string): object => ({ agent: agent('solo', [{ text }]) });

/** Two agents whose keys are refused. */
export const REFUSED = { agents: [agent('one', [{ fault: 'rejected' }]), agent('two', [{ fault: 'rejected' }])] };

/** The same scripts, again and again: a server is asked more than once. */
export const looped = (config: object): Readonly<Record<string, unknown>> => JSON.parse(JSON.stringify(config).replaceAll('"type":"scripted"', '"type":"scripted","loop":true')) as Readonly<Record<string, unknown>>;
