/** The picture of docs/architecture.md, as text. */
export declare function architectureSvg(): string
