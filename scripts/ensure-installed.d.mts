/** Makes sure that what a folder's lock file lists is in its node_modules. */
export function ensureInstalled(folder: string): Promise<void>
