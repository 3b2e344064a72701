/** A Python that has the validator, and the files of the CRDs. */
export function ensureSchemas(): { readonly python: string; readonly crds: readonly string[] }
