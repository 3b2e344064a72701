/** A program of the configuration, ready to run. */
import type { load as Load, Program } from '../../jsonnet/index.js'
import { type Resource, Unavailable } from './resource.js'

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

/** @throws {JsonnetError} where what is there already does not parse */
export function snippetOf(resource: Resource, load: typeof Load): Snippet {
  const { name, text } = resource
  const program = text === undefined ? undefined : load(text, name)
  return {
    name,
    async run(input) {
      return run(program ?? (await fetched(resource, load)), input)
    },
  }
}

async function fetched(resource: Resource, load: typeof Load): Promise<Program> {
  try {
    return load(await resource.read(), resource.name)
  } catch (cause) {
    if (cause instanceof Unavailable) throw new SnippetFailed('fetch', cause.message, { cause })
    throw new SnippetFailed('run', lineOf(cause, resource.name), { cause })
  }
}

function run(program: Program, input: SnippetInput): string {
  try {
    return program.run({ ...input, limits: LIMITS })
  } catch (cause) {
    throw new SnippetFailed('run', lineOf(cause, program.file), { cause })
  }
}

/** A failure that is no {@link JsonnetError} is ours, and said all the same. */
const lineOf = (cause: unknown, name: string): string =>
  (cause as { line?: string }).line ?? `${name}: ${(cause as Error).message}`
