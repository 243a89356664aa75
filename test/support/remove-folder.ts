import { rm } from 'node:fs/promises';

/** Takes a folder away with all that is in it; again where somebody who is about to end has just written another file into it. */
export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
