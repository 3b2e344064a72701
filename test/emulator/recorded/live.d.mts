export interface InForce {
  lifespan: number | null
  registration: number
  traits?: string[]
  whoami: number
}
export const before: Record<string, string>
export const edits: [name: string, file: string, content: string][]
export function inForce(url: string, token: string): Promise<InForce>
export function signIn(url: string, adminUrl: string): Promise<string>
