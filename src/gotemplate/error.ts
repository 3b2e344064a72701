/** Templates of Go, as Kratos renders its mails with: https://pkg.go.dev/text/template */

/** What does not parse, or fails while it is rendered: one line, with the template, line and column. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError'

  constructor(place: Place, message: string, options?: ErrorOptions) {
    super(`${place.name}:${place.line}:${place.column}: ${message}`, options)
  }
}

/** Lines and columns count from one. */
export interface Place {
  readonly name: string
  readonly line: number
  readonly column: number
}

/** What a function says of its arguments; the place is added by whoever called it. */
export class Refused extends Error {
  override readonly name = 'Refused'
}
