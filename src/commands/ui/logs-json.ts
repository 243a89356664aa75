// What JSON leaves as it is and a terminal might obey, or show in another order than it is.
const UNSAFE = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/gu;

/** A value as JSON for programs, which is also fit for a terminal. */
export function logsJson(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(UNSAFE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
