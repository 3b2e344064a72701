/** The pages that have tables. */
export declare const PAGES: readonly string[]

/** A page with its tables as they should be. */
export declare function withTables(page: string): string
