export interface CorsAnswer {
  status: number
  headers: Record<string, string[]>
}
export type CorsRequest = [method: string, path: string, headers: Record<string, string>]
export const configurations: Record<string, object>
export const requests: readonly CorsRequest[]
export function ask(base: string, request: CorsRequest): Promise<CorsAnswer>
