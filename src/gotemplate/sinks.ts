/** Where rendered text goes: as it is, or into HTML. */
import type { Sink } from './exec.js'
import { escapeInto, HtmlContext } from './html.js'
import { shown, type Value } from './value.js'

export class TextSink implements Sink {
  #parts: string[] = []
  size = 0

  text(text: string): void {
    this.#parts.push(text)
    this.size += text.length
  }
  value(value: Value): void {
    this.text(value === undefined || value === null ? '<no value>' : shown(value))
  }
  result(): string {
    return this.#parts.join('')
  }
}

/** What is put in is escaped for the place it stands at, as `html/template` does it. */
export class HtmlSink implements Sink {
  #parts: string[] = []
  #context = new HtmlContext()
  size = 0

  #push(text: string): void {
    this.#parts.push(text)
    this.size += text.length
  }
  text(text: string): void {
    this.#push(this.#context.read(text))
  }
  value(value: Value): void {
    this.#push(escapeInto(this.#context, value))
  }
  result(): string {
    return this.#parts.join('')
  }
}
