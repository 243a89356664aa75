import { AGENTS } from './rows/agents.js';
import { COMPATIBLE } from './rows/compatible.js';
import { LOCAL } from './rows/local.js';
import { VENDORS } from './rows/vendors.js';
import type { BackendRow } from './spec.js';

/**
 * Every kind of backend, one row each. A new one that speaks a wire we have is one more row. Base URLs, key variables
 * and default models are the vendors' and MassGen's own; quirks are the wire's arguments.
 */
export const CATALOG: readonly BackendRow[] = [...VENDORS, ...COMPATIBLE, ...AGENTS, ...LOCAL];

/** The row of a `type`, by id or alias. */
export const rowOf = (type: string): BackendRow | undefined => CATALOG.find((row) => row.id === type || (row.aliases ?? []).includes(type));
