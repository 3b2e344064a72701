export interface Call { method: string; path: string; headers: Record<string, string>; body: unknown }
export interface Reply { status?: number; headers?: Record<string, string>; json?: unknown; text?: string }
export interface Receiver {
  url: string
  arrived: Call[]
  count(n: number): Promise<void>
  close(): Promise<void>
}
export function receiver(answer?: (call: Call, arrived: Call[]) => Reply): Promise<Receiver>
export function snippet(text: string): string
