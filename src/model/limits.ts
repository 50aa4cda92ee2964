/** Characters of a text that are remembered of a device; messages have it whole. */
export const MAX_TEXT = 500;
