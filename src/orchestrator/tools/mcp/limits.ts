/** A message over this is not read; what it answered fails, saying so. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;
/** Beyond this a message is taken for one without an end. */
export const MAX_SKIPPED_BYTES = 512 * 1024 * 1024;
/** Items of a list, of tools above all, that are taken from one server. */
export const MAX_LISTED = 500;
export const MAX_PAGES = 100;

export const tooLarge = (bytes: number): string => `the result is larger than ${MAX_MESSAGE_BYTES / 1024 / 1024} MB (${Math.round(bytes / 1e6)} MB); ask for less of it`;

/** Codes of failures that are answered here in a server's stead. */
export const TOO_LARGE_CODE = -32_050;
export const CUT_OFF_CODE = -32_051;
