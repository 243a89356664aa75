import type { DisplayEvent, RunEvent, StampedFact } from '../protocol.js';
import { apply } from './apply.js';
import type { RunState } from './state.js';

const DISPLAY: ReadonlySet<string> = new Set<DisplayEvent['type']>(['text-delta', 'reasoning-delta', 'provider-tool', 'tool-progress', 'citation', 'notice']);

/** A fact changes the state of a run; everything else is for eyes only. */
const isFact = (event: RunEvent): event is StampedFact => !DISPLAY.has(event.type);

/** What is true after an event; the one fold that views, logs and results share. */
export const fold = (state: RunState, event: RunEvent): RunState => (isFact(event) ? apply(state, event) : state);
