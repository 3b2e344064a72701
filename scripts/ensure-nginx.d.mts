/** The path of an nginx that has njs. */
export declare function ensureNginx(): string
