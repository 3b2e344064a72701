export interface Effects {
  login: object
  registration: object
}
export type Case = [files: object[], env?: Record<string, string>]
export const ground: object
export const cases: Record<string, Case>
export function effects(url: string): Promise<Effects>
