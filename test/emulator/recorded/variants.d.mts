/** By name: one of the four configurations, and what is different. */
export const variants: Readonly<Record<string, readonly [string, { [key: string]: unknown }]>>
