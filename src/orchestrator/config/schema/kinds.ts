import type { Schema } from './types.js';

// Short words for the tables of keys.
export const flag = (description: string): Schema => ({ type: 'boolean', description });
export const text = (description: string): Schema => ({ type: 'string', description });
export const number = (description: string): Schema => ({ type: 'number', description });
export const count = (description: string): Schema => ({ type: 'integer', minimum: 0, description });
export const list = (description: string): Schema => ({ type: 'array', description });
export const names = (description: string): Schema => ({ type: 'array', items: { type: 'string' }, description });
export const map = (description: string, properties?: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', description, ...(properties === undefined ? {} : { properties }) });
export const either = (description: string, ...types: readonly ('string' | 'boolean' | 'array' | 'object')[]): Schema => ({ type: types, description });
export const choice = (description: string, ...values: readonly string[]): Schema => ({ enum: values, description });
