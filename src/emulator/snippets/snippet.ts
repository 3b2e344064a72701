/** A program of the configuration, ready to run. */
import type { load as Load, Program } from '../../jsonnet/index.js'

/** What a program is given: JSON values. */
export interface SnippetInput {
  /** `std.extVar(name)`: mappers, claims of tokens. */
  readonly extVars?: Readonly<Record<string, unknown>>
  /** What a program that is a function is called with: `ctx` of web hooks and of the courier's channels. */
  readonly args?: Readonly<Record<string, unknown>>
}

export interface Snippet {
  /** What it is called in messages. */
  readonly name: string
  /**
   * Its result as JSON text, in the layout that Kratos sends and reads.
   *
   * @throws {SnippetFailed}
   */
  run(input: SnippetInput): Promise<string>
}

/** One line that says what is wrong and where: for the log, never for an answer. */
export class SnippetFailed extends Error {
  override readonly name = 'SnippetFailed'
  /** Whether it could not be had at all, or failed while it ran. */
  readonly step: 'fetch' | 'run'

  constructor(step: SnippetFailed['step'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.step = step
  }
}

/** Kratos gives a program 512 KiB for its result, and a second: about these steps, in which nobody else is served. */
const LIMITS = { output: 512 * 1024, steps: 1_000_000 }

export const compiled = (program: Program): Snippet => ({
  name: program.file,
  async run(input) {
    try {
      return program.run({ ...input, limits: LIMITS })
    } catch (cause) {
      throw new SnippetFailed('run', lineOf(cause, program.file), { cause })
    }
  },
})

/** There is none, which counts when it is needed, as in Kratos. */
export const missing = (name: string, why: string): Snippet => ({
  name,
  run: () => Promise.reject(new SnippetFailed('fetch', why)),
})

const MOST = 1024 * 1024
const PATIENCE = 5_000

/** Asked for each time it is needed: whoever serves it may start after us, and is being worked on. */
export const remote = (url: string, load: typeof Load): Snippet => ({
  name: url,
  async run(input) {
    const source = await fetched(url)
    let program: Program
    try {
      program = load(source, url)
    } catch (cause) {
      throw new SnippetFailed('run', lineOf(cause, url), { cause })
    }
    return compiled(program).run(input)
  },
})

async function fetched(url: string): Promise<string> {
  let answer: Response
  try {
    // From this machine to another one through a redirect would be a way out.
    answer = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(PATIENCE) })
    const text = await answer.text()
    if (answer.status === 200 && text.length <= MOST) return text
  } catch (cause) {
    const { message } = ((cause as Error).cause as Error | undefined) ?? (cause as Error)
    throw new SnippetFailed('fetch', `${url} cannot be read: ${message}`, { cause })
  }
  const what = answer.status === 200 ? 'more than 1 MiB' : `status ${answer.status}`
  throw new SnippetFailed('fetch', `${url} cannot be read: it answers with ${what}`)
}

/** A failure that is no {@link JsonnetError} is ours, and said all the same. */
const lineOf = (cause: unknown, name: string): string =>
  (cause as { line?: string }).line ?? `${name}: ${(cause as Error).message}`
