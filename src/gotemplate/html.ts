/** Where in HTML something stands, and what is safe there: https://pkg.go.dev/html/template */
import { escapeJs, escapeHtml as escapeOf } from './builtins.js'
import { shown, toJson, type Value } from './value.js'

type State =
  | { at: 'text' }
  | { at: 'comment' }
  /** Between attributes. */
  | { at: 'tag'; element: string }
  | { at: 'name'; element: string; name: string }
  | { at: 'equals'; element: string; name: string }
  | { at: 'value'; element: string; kind: AttributeKind; quote: '"' | "'" | ''; before: string }
  /** Of title and textarea, and of script and style. */
  | { at: 'inside'; element: string; quote: string }

type AttributeKind = 'plain' | 'url' | 'css' | 'js' | 'srcset'

const URLS = new Set(
  'action archive background cite classid codebase data formaction href icon longdesc manifest poster profile src usemap xlink:href'.split(
    ' ',
  ),
)

function kindOfAttribute(name: string): AttributeKind {
  const plain = name.toLowerCase().replace(/^data-/, '')
  if (plain === 'style') return 'css'
  if (plain === 'srcset') return 'srcset'
  if (plain.startsWith('on')) return 'js'
  return URLS.has(plain) || plain.startsWith('xmlns:') || /src|uri|url/.test(plain) ? 'url' : 'plain'
}

/** Follows the text that is written, so that what is put in next is known to stand somewhere. */
export class HtmlContext {
  #state: State = { at: 'text' }

  get state(): State {
    return this.#state
  }

  /** Takes a part of the template, and gives what of it is written: comments are not. */
  read(text: string): string {
    let written = ''
    for (let at = 0; at < text.length; ) {
      const { end, state, drops } = this.#step(text, at)
      // What looks like a tag and is none is text.
      const plain = this.#state.at === 'text' && state.at === 'text'
      const part = text.slice(at, end)
      if (!drops) written += plain ? part.replaceAll(/<(?!!doctype)/gi, '&lt;') : part
      at = end
      this.#state = state
    }
    return written
  }

  /** What was put in is part of the value. */
  wrote(text: string): void {
    if (this.#state.at === 'value') this.#state = { ...this.#state, before: this.#state.before + text }
    else if (this.#state.at === 'equals')
      this.#state = {
        at: 'value',
        element: this.#state.element,
        kind: kindOfAttribute(this.#state.name),
        quote: '',
        before: text,
      }
  }

  #step(text: string, at: number): { end: number; state: State; drops?: boolean } {
    const state = this.#state
    const rest = text.slice(at)
    switch (state.at) {
      case 'text':
        return stepText(rest, at)
      case 'comment': {
        const end = rest.indexOf('-->')
        return end < 0
          ? { end: text.length, state, drops: true }
          : { end: at + end + 3, state: { at: 'text' }, drops: true }
      }
      case 'inside':
        return stepInside(state, rest, at)
      case 'value':
        return stepValue(state, rest, at)
      default:
        return stepTag(state, rest, at)
    }
  }
}

type Step = { end: number; state: State; drops?: boolean }

function stepText(rest: string, at: number): Step {
  const open = /<(?:!--|\/?([a-z][^\s/>]*))/i.exec(rest)
  if (!open) return { end: at + rest.length, state: { at: 'text' } }
  if (open.index > 0) return { end: at + open.index, state: { at: 'text' } }
  const [whole, element] = open
  if (element === undefined) return { end: at + whole.length, state: { at: 'comment' }, drops: true }
  return {
    end: at + whole.length,
    state: { at: 'tag', element: whole[1] === '/' ? '' : element.toLowerCase() },
  }
}

const RAW = new Set(['script', 'style', 'title', 'textarea'])

function stepTag(state: Extract<State, { at: 'tag' | 'name' | 'equals' }>, rest: string, at: number): Step {
  const { element } = state
  const space = /^\s+/.exec(rest)
  if (space) return { end: at + space[0].length, state: state.at === 'equals' ? state : state }
  if (rest[0] === '>')
    return { end: at + 1, state: RAW.has(element) ? { at: 'inside', element, quote: '' } : { at: 'text' } }
  if (state.at === 'equals') {
    const quote = rest[0] === '"' || rest[0] === "'" ? rest[0] : ''
    return {
      end: at + quote.length,
      state: { at: 'value', element, kind: kindOfAttribute(state.name), quote, before: '' },
    }
  }
  if (rest[0] === '=' && state.at === 'name')
    return { end: at + 1, state: { at: 'equals', element, name: state.name } }
  const name = /^[^\s=>/]+|^./s.exec(rest)?.[0] ?? ''
  return {
    end: at + name.length,
    state: name === '/' ? { at: 'tag', element } : { at: 'name', element, name },
  }
}

function stepValue(state: Extract<State, { at: 'value' }>, rest: string, at: number): Step {
  const end = state.quote ? rest.indexOf(state.quote) : rest.search(/[\s>]/)
  if (end < 0) return { end: at + rest.length, state: { ...state, before: state.before + rest } }
  return { end: at + end + state.quote.length, state: { at: 'tag', element: state.element } }
}

function stepInside(state: Extract<State, { at: 'inside' }>, rest: string, at: number): Step {
  const close = new RegExp(`</${state.element}`, 'i').exec(rest)
  if (close) return { end: at + close.index + close[0].length, state: { at: 'tag', element: '' } }
  return { end: at + rest.length, state: { ...state, quote: quoteAfter(rest, state.quote) } }
}

/** Which quotes are open behind a piece of script. */
function quoteAfter(text: string, before: string): string {
  let quote = before
  for (const [one] of text.matchAll(/\\.|["'`]/gs)) {
    if (one.length > 1) continue
    if (quote === '') quote = one
    else if (quote === one) quote = ''
  }
  return quote
}

/** A value as it may stand where the text has come to. */
export function escapeInto(context: HtmlContext, value: Value): string {
  const text = value === undefined || value === null ? '' : shown(value)
  const { state } = context
  const escaped = escapedAt(state, text, value)
  context.wrote(escaped)
  return escaped
}

function escapedAt(state: State, text: string, value: Value): string {
  switch (state.at) {
    case 'text':
      return escapeHtml(text)
    case 'comment':
      return ''
    case 'inside':
      return insideOf(state, text, value)
    case 'value':
      return inAttribute(state, text, value)
    case 'equals':
      return inAttribute({ kind: kindOfAttribute(state.name), quote: '', before: '' }, text, value)
    default:
      // A name of an attribute: only what can harm nobody.
      return /^[\w-]+$/.test(text) && kindOfAttribute(text) === 'plain' ? text : 'ZgotmplZ'
  }
}

/** Beside what `html` escapes, `html/template` escapes the plus, for old browsers. */
const escapeHtml = (text: string): string => escapeOf(text).replaceAll('+', '&#43;')

function insideOf(
  { element, quote }: { element: string; quote: string },
  text: string,
  value: Value,
): string {
  if (element === 'style') return cssValue(text)
  if (element !== 'script') return escapeHtml(text)
  return quote ? escapeJs(text) : jsValue(value)
}

interface Attribute {
  kind: AttributeKind
  quote: string
  before: string
}

function inAttribute({ kind, quote, before }: Attribute, text: string, value: Value): string {
  const safe = quote
    ? escapeHtml
    : (one: string) => escapeHtml(one).replace(/[\s`=]/g, char => `&#${char.charCodeAt(0)};`)
  if (kind === 'plain') return safe(text)
  if (kind === 'css') return safe(cssValue(text))
  if (kind === 'js') return safe(jsValue(value))
  return safe(kind === 'srcset' ? filtered(text) : url(text, before))
}

/** At the start a scheme that could run something is no address; behind the question mark all is data. */
function url(text: string, before: string): string {
  if (/[?#]/.test(before))
    return encodeURIComponent(text)
      .replace(/[!'()*]/g, percent)
      .replace(/%[\dA-F]{2}/g, one => one.toLowerCase())
  return normalized(before.trim() === '' ? filtered(text) : text)
}

function filtered(text: string): string {
  const scheme = /^([^/]*?):/.exec(text)?.[1]
  if (scheme === undefined || /^(https?|mailto)$/i.test(scheme)) return text
  return '#ZgotmplZ'
}

const percent = (one: string): string => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`

/** Escapes of the text stay. */
const normalized = (text: string): string =>
  text.replace(/%(?![\da-f]{2})|[^\w\-.~!#$&*+,/:;=?@[\]%]/giu, one =>
    one === '%'
      ? '%25'
      : [...Buffer.from(one)].map(byte => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  )

const cssValue = (text: string): string =>
  /[\0"'()/;@[\\\]`{}<>]|expression|mozbinding/i.test(text) ? 'ZgotmplZ' : text

const jsValue = (value: Value): string =>
  (JSON.stringify(toJson(value)) ?? 'null').replace(
    /[<>&\u2028\u2029]/g,
    one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
