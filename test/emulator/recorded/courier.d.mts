export interface Recorded {
  path: string
  recipient: string
  subject: string
  template_type: string
  lines: string[]
  htmlLines?: string[]
}
export interface Places { url: string; adminUrl: string }
export type Scenario = [count: number, run: (places: Places) => Promise<unknown>]
export interface Heard { arrived: object[]; count(n: number): Promise<void> }
export const SETS: Record<string, [Record<string, Scenario>, object]>
export function configuration(url: string, variant: object): object
export function play(some: Record<string, Scenario>, places: Places, heard: Heard, whole?: boolean): Promise<Record<string, Recorded[]>>
export function playQueue(places: Places, heard: Heard): Promise<object>
export function twiceRefused(call: object, arrived: object[]): { status: number }
