/** A folder in which `A` and `a` are one file, where this system lets us have one. */
export declare function mountCaseInsensitive(): { readonly folder: string; release(): void } | undefined
