/** One thing that is not right. */
export interface Check {
  readonly code: string
  readonly level: 'error' | 'warning'
  /** From where the command runs. */
  readonly file?: string
  readonly line?: number
  readonly message: string
  /** What to do, or the line to write. */
  readonly fix: string
  /** Where it is explained. */
  readonly docs: string
}

/** A file of the project: where it is, what it holds. */
export interface SourceFile {
  readonly file: string
  readonly text: string
}

/** The server that runs, as it was found. */
export interface Server {
  readonly url: string
  readonly mode: 'emulator' | 'ory'
}

/** What the command answers. */
export interface Report {
  readonly ok: boolean
  readonly server: Server | null
  readonly checks: readonly Check[]
}

/** A check, with the page that explains it. */
export const check = (given: Omit<Check, 'docs'>): Check => ({
  ...given,
  docs: `docs/doctor.md#${given.code.toLowerCase()}`,
})

/** The line that an offset is in, counted from 1. */
export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length
