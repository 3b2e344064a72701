export interface Places { url: string; adminUrl: string }
export interface Set { config(url: string): object }
export interface Played { arrived?: object[]; found: object }
export const SETS: Record<string, Set>
export function playWith(set: Set, start: (config: object, use: (places: Places) => Promise<Played>) => Promise<Played>): Promise<Played>
