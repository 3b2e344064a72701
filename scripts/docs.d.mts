/** The README with its tables as they should be. */
export declare function withTables(readme: string): string
