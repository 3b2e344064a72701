import { printable } from '../log.js'
import { DIAGNOSES, type Diagnosis, type DiagnosisCode } from './table.js'

/** Causes remembered; a client that makes up new ones does not fill the memory. */
const MOST = 100

/** All that was found so far: one line per cause. */
export interface DiagnosisBook {
  /** @param cause what makes it another one of the same code, like an origin */
  note(code: DiagnosisCode, cause: string, message: string): void
  list(): readonly Diagnosis[]
}

export function createDiagnosisBook(warn: (line: string) => void): DiagnosisBook {
  const found = new Map<string, Diagnosis & { count: number }>()
  return {
    note(code, cause, text) {
      const key = `${code} ${cause}`
      const known = found.get(key)
      if (known) return void known.count++
      if (found.size >= MOST) return
      const message = printable(text, 400)
      const more = found.size === 0 ? ' `npx ory-proxy doctor` says more.' : ''
      found.set(key, { code, message, fix: DIAGNOSES[code], since: new Date().toISOString(), count: 1 })
      warn(`ory-proxy ${code}: ${message} ${DIAGNOSES[code]}${more}`)
    },
    list: () => [...found.values()].map(diagnosis => ({ ...diagnosis })),
  }
}
