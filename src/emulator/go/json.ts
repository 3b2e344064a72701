/**
 * JSON as Go's decoder reads it. Kratos puts that decoder's complaints into its answers, and takes
 * the first value of a body without looking at what follows.
 */
import type { Json } from '../store/model.js'
import { goQuote } from './quote.js'

/** `end` and `at`: places in the text. */
export type Decoded = { value: Json; end: number } | { error: string; at: number }

/** The first JSON value of a text, or Go's words for what is wrong with it. */
export function decodeJson(text: string): Decoded {
  const scanner = new Scanner(text)
  const error = scanner.value()
  if (error !== undefined) return { error, at: scanner.at }
  return { value: JSON.parse(text.slice(0, scanner.at)) as Json, end: scanner.at }
}

const LITERALS = { t: 'true', f: 'false', n: 'null' } as const

/** Go's is 10,000: its stacks grow, ours do not. Nothing that is meant to be read nests this deep. */
const MAX_DEPTH = 1000

class Scanner {
  at = 0
  readonly #text: string
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Moves behind one value. */
  value(): string | undefined {
    this.#blanks()
    const char = this.#peek()
    if (char === undefined) return this.#end()
    if (char === '{') return this.#list('}', () => this.#member())
    if (char === '[') return this.#list(']', () => this.value())
    if (char === '"') return this.#string()
    if (char === '-' || isDigit(char)) return this.#number()
    if (char in LITERALS) return this.#literal(LITERALS[char as keyof typeof LITERALS])
    return this.#unexpected('looking for beginning of value')
  }

  #list(close: '}' | ']', item: () => string | undefined): string | undefined {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) return 'exceeded max depth'
    this.at += 1
    this.#blanks()
    if (this.#peek() !== close) {
      const error = this.#items(close, item)
      if (error !== undefined) return error
    }
    this.at += 1
    this.#depth -= 1
    return undefined
  }

  #items(close: '}' | ']', item: () => string | undefined): string | undefined {
    for (;;) {
      const error = item()
      if (error !== undefined) return error
      this.#blanks()
      const char = this.#peek()
      if (char === undefined) return this.#end()
      if (char === close) return undefined
      if (char !== ',') {
        return this.#unexpected(close === '}' ? 'after object key:value pair' : 'after array element')
      }
      this.at += 1
    }
  }

  #member(): string | undefined {
    this.#blanks()
    const char = this.#peek()
    if (char === undefined) return this.#end()
    if (char !== '"') return this.#unexpected('looking for beginning of object key string')
    const error = this.#string()
    if (error !== undefined) return error
    this.#blanks()
    if (this.#peek() === undefined) return this.#end()
    if (this.#peek() !== ':') return this.#unexpected('after object key')
    this.at += 1
    return this.value()
  }

  #string(): string | undefined {
    for (this.at += 1; ; this.at += 1) {
      const char = this.#peek()
      if (char === undefined) return this.#end()
      if (char === '"') break
      if (char < ' ') return this.#unexpected('in string literal')
      if (char !== '\\') continue
      const error = this.#escape()
      if (error !== undefined) return error
    }
    this.at += 1
    return undefined
  }

  #escape(): string | undefined {
    this.at += 1
    const char = this.#peek()
    if (char === undefined) return this.#end()
    if (!'"\\/bfnrtu'.includes(char)) return this.#unexpected('in string escape code')
    if (char !== 'u') return undefined
    for (let i = 0; i < 4; i++) {
      this.at += 1
      const digit = this.#peek()
      if (digit === undefined) return this.#end()
      if (!/[0-9a-f]/i.test(digit)) return this.#unexpected('in \\u hexadecimal character escape')
    }
    return undefined
  }

  #number(): string | undefined {
    if (this.#peek() === '-') this.at += 1
    const leadingZero = this.#peek() === '0'
    const error = leadingZero ? undefined : this.#digits('in numeric literal')
    if (error !== undefined) return error
    if (leadingZero) this.at += 1
    if (this.#peek() === '.') {
      this.at += 1
      const fraction = this.#digits('after decimal point in numeric literal')
      if (fraction !== undefined) return fraction
    }
    if (this.#peek()?.toLowerCase() !== 'e') return undefined
    this.at += 1
    if (this.#peek() === '+' || this.#peek() === '-') this.at += 1
    return this.#digits('in exponent of numeric literal')
  }

  #digits(where: string): string | undefined {
    const first = this.#peek()
    if (first === undefined) return this.#end()
    if (!isDigit(first)) return this.#unexpected(where)
    while (isDigit(this.#peek() ?? '')) this.at += 1
    return undefined
  }

  #literal(word: string): string | undefined {
    for (let i = 1; i < word.length; i++) {
      this.at += 1
      if (this.#peek() === undefined) return this.#end()
      if (this.#peek() !== word[i]) return this.#unexpected(`in literal ${word} (expecting '${word[i]}')`)
    }
    this.at += 1
    return undefined
  }

  #blanks(): void {
    while (' \t\r\n'.includes(this.#peek() ?? '.')) this.at += 1
  }

  #peek(): string | undefined {
    return this.#text[this.at]
  }

  #end(): string {
    return this.#text.trim() === '' ? 'EOF' : 'unexpected EOF'
  }

  #unexpected(where: string): string {
    // Go's scanner goes by bytes, and prints each as if it were a character.
    const [byte = 0] = Buffer.from(String.fromCodePoint(this.#text.codePointAt(this.at) ?? 0))
    const char = String.fromCharCode(byte)
    const quoted = char === "'" ? "\\'" : char === '"' ? '"' : goQuote(char).slice(1, -1)
    return `invalid character '${quoted}' ${where}`
  }
}

const isDigit = (char: string): boolean => char >= '0' && char <= '9' && char.length === 1
