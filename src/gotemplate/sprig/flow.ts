/** Defaults, kinds, JSON, addresses: https://masterminds.github.io/sprig/defaults.html */
import { Refused } from '../error.js'
import { type Functions, takes, text } from '../functions.js'
import { fromJson, kindOf, shown, toJson, truth, type Value } from '../value.js'

const parsed = (value: Value): Value => {
  try {
    return fromJson(JSON.parse(text(value)))
  } catch {
    return null
  }
}
const strictly = (value: Value): Value => {
  try {
    return fromJson(JSON.parse(text(value)))
  } catch (cause) {
    throw new Refused((cause as Error).message)
  }
}

/** Go's encoder escapes what could end a script. */
const escaped = (json: string): string =>
  json.replace(/[<>&\u2028\u2029]/g, one => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)
const plain = (value: Value): string => JSON.stringify(toJson(value))
const json = (value: Value): string => escaped(plain(value))
const pretty = (value: Value): string => escaped(JSON.stringify(toJson(value), null, 2))

const KINDS: Record<string, string> = {
  'map[string]interface {}': 'map',
  '[]interface {}': 'slice',
  nil: 'invalid',
}
const kind = (value: Value): string => KINDS[kindOf(value)] ?? kindOf(value)

function urlOf(value: Value): Map<string, Value> {
  if (!URL.canParse(text(value))) throw new Refused(`unable to parse url: ${shown(value)}`)
  const { protocol, host, hostname, pathname, search, hash, username, password } = new URL(text(value))
  const userinfo = username && (password ? `${username}:${password}` : username)
  return new Map<string, Value>([
    ['scheme', protocol.slice(0, -1)],
    ['host', host],
    ['hostname', hostname],
    ['path', pathname],
    ['query', search.slice(1)],
    ['opaque', ''],
    ['fragment', hash.slice(1)],
    ['userinfo', userinfo],
  ])
}

export const FLOW: Functions = {
  default: takes(1, 2, (byDefault, value) => (truth(value) ? value : byDefault)),
  empty: takes(1, 1, value => !truth(value)),
  coalesce: (...args) => args.find(truth) ?? null,
  all: (...args) => args.every(truth),
  any: (...args) => args.some(truth),
  ternary: takes(3, 3, (yes, no, value) => (value === true ? yes : no)),
  fail: takes(1, 1, value => {
    throw new Refused(text(value))
  }),
  fromJson: takes(1, 1, parsed),
  mustFromJson: takes(1, 1, strictly),
  toJson: takes(1, 1, json),
  mustToJson: takes(1, 1, json),
  toPrettyJson: takes(1, 1, pretty),
  mustToPrettyJson: takes(1, 1, pretty),
  toRawJson: takes(1, 1, plain),
  mustToRawJson: takes(1, 1, plain),
  kindOf: takes(1, 1, kind),
  kindIs: takes(2, 2, (name, value) => kind(value) === text(name)),
  typeOf: takes(1, 1, value => (kindOf(value) === 'nil' ? '<nil>' : kindOf(value))),
  typeIs: takes(2, 2, (name, value) => kindOf(value) === text(name)),
  deepEqual: takes(
    2,
    2,
    (one, other) =>
      JSON.stringify(toJson(one)) === JSON.stringify(toJson(other)) && kindOf(one) === kindOf(other),
  ),
  urlParse: takes(1, 1, urlOf),
}
