import { createHash } from 'node:crypto';

/** The id of a call in the form that a vendor takes: itself, or, where another vendor or a caller gave it, one made of it that is always the same. */
export const callIdIn = (form: RegExp, id: string): string => (form.test(id) ? id : createHash('sha256').update(id).digest('hex').slice(0, 9));
