// What differs between two answers, as a list of places.

/** What of an answer is bound to the machine, or said in words of our own. */
const LEFT_OUT = /\.(debug|devices|details|schema_url)$|^\.headers\.link$/
const OF_MAILS = /^\.body(\[\d+\])?\.(body|subject|status|send_count|dispatches)$/

/**
 * @param {unknown} a of the one that is right
 * @param {unknown} b of the other
 * @param {boolean} mails whether this is a list of mails: their words are our own, and Kratos' are sent by a worker
 * @returns {{ path: string, a: unknown, b: unknown }[]}
 */
export function differences(a, b, mails = false, path = '') {
  if (LEFT_OUT.test(path) || (mails && OF_MAILS.test(path))) return []
  if (isDrawn(a) && isDrawn(b)) return differences(withoutDrawn(a), withoutDrawn(b), mails, path)
  if (!isTree(a) || !isTree(b) || Array.isArray(a) !== Array.isArray(b))
    return same(a, b) ? [] : [{ path, a, b }]
  if (Array.isArray(a)) {
    if (a.length !== b.length) return [{ path: `${path}#`, a: summary(a), b: summary(b) }]
    return a.flatMap((inner, at) => differences(inner, b[at], mails, `${path}[${at}]`))
  }
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].flatMap(key =>
    differences(a[key], b[key], mails, `${path}.${key}`),
  )
}

/** What differs from one to the next: a code that a link filled in, the challenge of a key, the hash of a script. */
const DRAWN = ['value', 'onclick', 'integrity']
const isDrawn = node =>
  isTree(node) &&
  DRAWN.some(key => node[key]) &&
  ((node.name === 'code' && /^\d{6}$/.test(node.value)) ||
    /_(register|login)_trigger$|^passkey_(challenge|create_data|settings_register)$/.test(node.name ?? '') ||
    Boolean(node.integrity))
const withoutDrawn = node => ({ ...node, ...Object.fromEntries(DRAWN.map(key => [key, ''])) })

const isTree = value => value !== null && typeof value === 'object'
const same = (a, b) => a === b || (typeof a === 'string' && typeof b === 'string' && soft(a) === soft(b))
/** Kratos lists what is too much in any order. */
const soft = text =>
  text
    .replace(/<uuid:\d+>/g, '<uuid>')
    .replace(/; ?charset=utf-8/i, '')
    .replace(/additionalProperties (".*") not allowed/, (_all, names) =>
      names.split(', ').sort().join(' and '),
    )
const summary = list => list.map(one => one?.attributes?.name ?? one?.attributes?.id ?? one?.id ?? one)
