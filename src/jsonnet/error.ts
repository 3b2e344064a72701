/** Where something stands in a file. Lines and columns count from one, columns in bytes as go-jsonnet counts them. */
export interface Place {
  readonly file: string
  readonly line: number
  readonly column: number
}

/** What does not parse (`static`), fails while it runs (`runtime`) or wants too much (`limit`). */
export type FailureKind = 'static' | 'runtime' | 'limit'

/** The one error of this room; whoever evaluates turns it into an answer or a line. */
export class JsonnetError extends Error {
  override readonly name = 'JsonnetError'
  readonly kind: FailureKind
  /** The innermost expression that could not be evaluated; none where a finished value cannot be JSON. */
  place: Place | undefined

  constructor(kind: FailureKind, message: string, place?: Place) {
    super(message)
    this.kind = kind
    this.place = place
  }

  /** One line: place and reason. */
  get line(): string {
    const { place } = this
    return `${place ? `${place.file}:${place.line}:${place.column}: ` : ''}${this.message.replaceAll(/\s*\n\s*/g, ' ')}`
  }
}

export const runtimeError = (message: string): JsonnetError => new JsonnetError('runtime', message)
