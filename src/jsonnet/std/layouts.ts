import { runtimeError } from '../error.js'
import { measure } from '../run/budget.js'
import { toArray, toBoolean, toObject, toText } from '../run/expect.js'
import { asText, type Layout, manifest, quoted } from '../run/manifest.js'
import { numberText } from '../run/numbers.js'
import { Fn, Obj, type Thunk, typeOf, type Value } from '../run/values.js'
import { given, type Library } from './define.js'
import { escapeXml } from './strings.js'
import { tomlText } from './toml.js'
import { yamlText } from './yaml.js'

const LAYOUT: Omit<Layout, 'indent' | 'newline' | 'colon'> = {
  // Nothing inside is still two lines apart, with what separates lines here.
  empty: (open, close) => `${open}${close}`,
}
function ex(value: Value, indent: string, newline: string, colon: string): string {
  return manifest(value, {
    ...LAYOUT,
    indent,
    newline,
    colon,
    empty: (open, close, margin) => `${open}${newline}${newline}${margin}${close}`,
  })
}

function python(value: Value): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return quoted(value)
  if (typeof value === 'number') return numberText(value)
  if (value instanceof Fn) throw runtimeError('cannot manifest function')
  if (Array.isArray(value)) return `[${value.map(thunk => python(thunk.force())).join(', ')}]`
  return `{${value
    .names(false)
    .map(name => `${quoted(name)}: ${python(value.get(name))}`)
    .join(', ')}}`
}
function pythonVars(value: Value): string {
  const whole = toObject(value)
  const lines = whole.names(false).map(name => `${name} = ${python(whole.get(name))}`)
  return [...lines, ''].join('\n')
}

function ini(value: Value): string {
  const whole = toObject(value)
  const lines = whole.find('main') >= 0 ? iniBody(whole.get('main')) : []
  const sections = toObject(whole.get('sections'))
  for (const name of sections.names(false)) lines.push(`[${name}]`, ...iniBody(sections.get(name)))
  return [...lines, ''].join('\n')
}
function iniBody(value: Value): string[] {
  const body = toObject(value)
  return body.names(false).flatMap(name => {
    const one = body.get(name)
    return (Array.isArray(one) ? one.map(thunk => thunk.force()) : [one]).map(
      item => `${name} = ${asText(item)}`,
    )
  })
}

/** JsonML: `['tag', {attributes}, …children]`. */
function xml(value: Value): string {
  if (typeof value === 'string') return escapeXml(value)
  if (!Array.isArray(value)) throw runtimeError(`Expected a JSONML value (an array), got ${typeOf(value)}`)
  const [tag, second] = value
  const name = toText((tag as Thunk).force())
  const attributes = second?.force()
  const own = attributes instanceof Obj ? attributes : undefined
  const text = own
    ? own
        .names(false)
        .map(key => ` ${key}="${escapeXml(asText(own.get(key)))}"`)
        .join('')
    : ''
  const children = value.slice(own ? 2 : 1).map(thunk => xml(thunk.force()))
  const whole = `<${name}${text}>${children.join('')}</${name}>`
  measure(whole.length)
  return whole
}

export const LAYOUTS: Library = {
  manifestIni: ['ini', value => ini(value.force())],
  manifestJson: ['value', value => ex(value.force(), '    ', '\n', ': ')],
  manifestJsonEx: [
    'value indent newline? key_val_sep?',
    (value, indent, newline, separator) =>
      ex(value.force(), toText(indent.force()), toText(given(newline, '\n')), toText(given(separator, ': '))),
  ],
  manifestJsonMinified: ['value', value => ex(value.force(), '', '', ':')],
  manifestPython: ['v', v => python(v.force())],
  manifestPythonVars: ['conf', conf => pythonVars(conf.force())],
  manifestToml: ['value', value => tomlText(toObject(value.force()), '  ')],
  manifestTomlEx: [
    'value indent',
    (value, indent) => tomlText(toObject(value.force()), toText(indent.force())),
  ],
  manifestXmlJsonml: ['value', value => xml(value.force())],
  manifestYamlDoc: [
    'value indent_array_in_object? quote_keys?',
    (value, indent, quote) =>
      yamlText(value.force(), toBoolean(given(indent, false)), toBoolean(given(quote, true))),
  ],
  manifestYamlStream: [
    'value indent_array_in_object? c_document_end? quote_keys?',
    (value, indent, end, quote) => {
      const documents = toArray(value.force()).map(thunk =>
        yamlText(thunk.force(), toBoolean(given(indent, false)), toBoolean(given(quote, true))),
      )
      return `---\n${documents.join('\n---\n')}${toBoolean(given(end, true)) ? '\n...\n' : '\n'}`
    },
  ],
}
