/** Puts what an engine needs on PATH; throws where it is missing and cannot be had. */
export function ensureEngine(name: string): void
/** Engines that can be had here; says which cannot. */
export function availableEngines(): string[]
