/** Throws where Rails is missing and cannot be had. */
export function ensureRails(): void
