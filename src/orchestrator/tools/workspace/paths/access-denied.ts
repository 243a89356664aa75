/** A path that the agent may not use as it wants to; the message says why, and is for the agent. */
export class AccessDenied extends Error {
  override readonly name = 'AccessDenied';
}

export function deny(reason: string): never {
  throw new AccessDenied(`Access denied - ${reason}`);
}
