import { describe, expect, test } from 'vitest'
import type { Core } from '../../src/emulator/core.js'
import { decodeJson } from '../../src/emulator/go/json.js'
import { Problem } from '../../src/emulator/http/kratos-errors.js'
import { secureReturnTo } from '../../src/emulator/http/return-to.js'
import { OryProxyError } from '../../src/errors.js'
import { printable } from '../../src/log.js'
import { hostName, isAllowedHost } from '../../src/middleware/host.js'
import { belowMount, climbs } from '../../src/middleware/mount.js'
import { isListedOrigin } from '../../src/middleware/origins.js'
import { decodeBody } from '../../src/middleware/ory/decode.js'
import { oryPattern, rewriteCookie, rewriteLocation, rewriteText } from '../../src/middleware/ory/rewrite.js'
import { resolveOptions } from '../../src/options/resolve.js'
import type { OryOptions } from '../../src/options/types.js'
import { fc } from './_fast-check.js'

const CASES = { numRuns: 10_000 }

/** Texts out of the pieces that matter: what is only random never gets past the first check. */
const textOf = (...pieces: string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...pieces) }, fc.string({ maxLength: 4 })), {
      maxLength: 12,
    })
    .map(parts => parts.join(''))

const origin = 'http://localhost:5173'
const ory = new URL('http://127.0.0.1:4433/')
const pattern = oryPattern(ory)
const rewriting = { ory, origin, mounted: `${origin}/.ory`, home: `${origin}/` }
const URL_PIECES = [
  'http://127.0.0.1:4433',
  'http://localhost:4433',
  'http:\\/\\/127.0.0.1:4433',
  'http%3A%2F%2F127.0.0.1%3A4433',
  'https://evil.example',
  '//evil.example',
  ...['/', '\\', '@', ':', '?', '#', '%2f', '..', '9', '.', '"', ' ', '{', '}', 'http:', 'return_to='],
]

describe('bodies', () => {
  test('what does not speak of Ory stays as it is', () => {
    const free = textOf(...URL_PIECES.slice(4)).filter(text => !/127\.0\.0\.1|localhost|\[::1\]/i.test(text))
    fc.assert(
      fc.property(free, text => rewriteText(text, pattern, rewriting) === text),
      CASES,
    )
  })

  test('rewritten twice is rewritten once, and JSON stays JSON of the same shape', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 2 }), textOf(...URL_PIECES), (json, text) => {
        const body = `{"a":${json},"b":${JSON.stringify(text)}}`
        const once = rewriteText(body, pattern, rewriting)
        expect(rewriteText(once, pattern, rewriting)).toBe(once)
        expect(Object.keys(JSON.parse(once))).toEqual(['a', 'b'])
      }),
      CASES,
    )
  })

  test('an address of Ory in quotes never survives', () => {
    fc.assert(
      fc.property(fc.webPath(), fc.boolean(), (path, escaped) => {
        const url = `http://127.0.0.1:4433${path}`
        const body = `{"action":"${escaped ? url.replaceAll('/', '\\/') : url}"}`
        const { action } = JSON.parse(rewriteText(body, pattern, rewriting)) as { action: string }
        expect(action === `${origin}/` || action.startsWith(`${origin}/.ory`)).toBe(true)
      }),
      CASES,
    )
  })
})

describe('Location', () => {
  test('leads below the mount, home, or where it led before', () => {
    fc.assert(
      fc.property(textOf(...URL_PIECES), textOf('/', '..', '%2f', '//', 'x'), (location, path) => {
        const requested = new URL(ory)
        requested.pathname = path
        const moved = rewriteLocation(location, requested, pattern, rewriting)
        if (moved === location) return
        const { origin: led, pathname, username } = new URL(moved)
        expect(led).toBe(origin)
        expect(username).toBe('')
        expect(pathname === '/' || pathname.startsWith('/.ory/')).toBe(true)
      }),
      CASES,
    )
  })

  test('never becomes a foreign address by being rewritten', () => {
    fc.assert(
      fc.property(textOf(...URL_PIECES), location => {
        const moved = rewriteLocation(location, ory, pattern, rewriting)
        const before = URL.canParse(location, ory.href) ? new URL(location, ory) : undefined
        if (!before || !URL.canParse(moved, `${origin}/.ory/x`)) return
        const after = new URL(moved, `${origin}/.ory/x`)
        const known = [origin, ...pattern.origins, before.origin]
        expect(known).toContain(after.origin)
      }),
      CASES,
    )
  })
})

describe('Set-Cookie', () => {
  const attribute = fc.oneof(
    fc.constantFrom(
      'Secure',
      ' SECURE ',
      'SameSite=None',
      ' samesite = none',
      'Domain=ory.example',
      ' domain=x',
    ),
    fc.constantFrom(' Path=/', ' HttpOnly', ' Max-Age=0', ' Partitioned', ' SameSite=Strict', ' Expires=x=y'),
  )
  const pair = textOf('__Host-', '__Secure-', 'a', '=', '"', 'domain', 'secure').map(text =>
    text.replaceAll(';', ''),
  )

  test('keeps name and value, loses its Domain, and over http what would keep it from being stored', () => {
    fc.assert(
      fc.property(pair, fc.array(attribute, { maxLength: 6 }), fc.boolean(), (first, rest, plain) => {
        const own = plain ? origin : 'https://localhost:4000'
        const cookie = rewriteCookie([first, ...rest].join(';'), { ...rewriting, origin: own })
        const [kept, ...attributes] = cookie.split(';')
        expect(kept).toBe(first)
        const names = attributes.map(text => text.split('=')[0]!.trim().toLowerCase())
        expect(names).not.toContain('domain')
        const prefixed = /^\s*__(host|secure)-/i.test(first)
        if (plain && !prefixed) {
          expect(names).not.toContain('secure')
          expect(cookie.slice(first.length)).not.toMatch(/samesite\s*=\s*none/i)
        }
        if (!plain) expect(names.includes('secure')).toBe(/;\s*secure\s*(;|$)/i.test(`;${rest.join(';')}`))
      }),
      CASES,
    )
  })
})

describe('paths', () => {
  const target = textOf(
    '/.ory',
    '/',
    '.',
    '..',
    '%2e',
    '%2F',
    '\\',
    '%5c',
    '?',
    '#',
    ';',
    'api/kratos/public',
    'x',
  )

  test('what is below the mount starts with it, and is a path', () => {
    fc.assert(
      fc.property(target, text => {
        const path = belowMount(`/${text}`)
        if (path === null) return
        expect(`/${text}`).toMatch(/^\/\.ory(?:[/?]|$)/)
        expect(path.startsWith('/')).toBe(true)
        expect(`/${text}`.endsWith(path.slice(1))).toBe(true)
      }),
      CASES,
    )
  })

  test('what does not climb stays below the path in front of Ory, however often it is decoded', () => {
    fc.assert(
      fc.property(target, text => {
        const path = `/${text}`
        if (climbs(path)) return
        const { pathname } = new URL(`http://ory.example/prefix${path}`)
        expect(pathname.startsWith('/prefix/')).toBe(true)
        const lenient = pathname.replaceAll(/%2f|%5c/gi, '/').replaceAll(/%2e/gi, '.')
        expect(new URL(lenient, 'http://ory.example').pathname.startsWith('/prefix/')).toBe(true)
      }),
      { ...CASES, examples: [['.. '], ['..\t'], ['.\n.']] },
    )
  })
})

describe('hosts', () => {
  const host = textOf(
    'localhost',
    '.',
    '127.0.0.1',
    '[::1]',
    'evil.example',
    ':80',
    ':',
    '@',
    '/',
    '-',
    'LOCALHOST',
  )
  const rules = { allowedHosts: ['app.test', '.dev.test'], publicUrl: undefined, trustForwarded: false }

  test('a name that is allowed is ours also to a browser', () => {
    fc.assert(
      fc.property(host, text => {
        const name = hostName(text)
        if (name === null || !isAllowedHost(name, rules)) return
        const url = `http://${text}/`
        if (!URL.canParse(url)) return // nor can anybody open it
        expect(new URL(url).hostname.replace(/\.$/, '')).toMatch(
          /^(?:(?:.*\.)?localhost|[\d.]+|\[[\da-f:.]+\]|app\.test|(?:.*\.)?dev\.test)$/,
        )
        expect(new URL(url).username).toBe('')
      }),
      CASES,
    )
  })

  test('nothing that ends in another name is allowed', () => {
    fc.assert(
      fc.property(host, fc.domain(), (text, domain) => {
        const name = hostName(`${text}.${domain}`)
        expect(name !== null && isAllowedHost(name, rules)).toBe(false)
      }),
      CASES,
    )
  })
})

describe('origins', () => {
  test('one that is listed is of that site also to a browser', () => {
    const listed = ['https://*.app.test', 'http://dev.test:8080', 'https://*.port.test:8443']
    const pieces = [
      'https://',
      'http://',
      '.app.test',
      'app.test',
      'dev.test',
      ':8080',
      '.port.test:8443',
      'evil.example',
    ]
    const sites = [
      /^https:\/\/[\w.-]+\.app\.test$/,
      /^http:\/\/dev\.test:8080$/,
      /^https:\/\/[\w.-]+\.port\.test:8443$/,
    ]
    fc.assert(
      fc.property(textOf(...pieces, '@', '/', ':', '#', '?', '\\', 'null', '*', '.', 'x'), text => {
        if (isListedOrigin(text, listed)) expect(sites.some(site => site.test(text))).toBe(true)
      }),
      CASES,
    )
  })
})

describe('options', () => {
  const names = [
    'sdkUrl',
    'jwt',
    'sessionCache',
    'allowedHosts',
    'publicUrl',
    'keyFile',
    'debug',
    'emulator',
    'nonsense',
  ]
  const value = fc.oneof(
    fc.anything({ maxDepth: 1 }),
    fc.constantFrom('http://x', 'javascript:1', '', 'null', true, 0, -1, []),
  )

  test('whatever is given: options, or an error that names what is wrong', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), given => {
        try {
          const resolved = resolveOptions(given as OryOptions, {})
          expect(Object.keys(given)).not.toContain('nonsense')
          expect(['http:', 'https:', undefined]).toContain(resolved.sdkUrl?.protocol)
          expect(resolved.sessionCache).toBeGreaterThanOrEqual(0)
        } catch (error) {
          expect(error).toBeInstanceOf(OryProxyError)
          expect(names.some(name => (error as Error).message.includes(name))).toBe(true)
        }
      }),
      CASES,
    )
  })
})

describe('what comes from outside', () => {
  test('is one line without escape codes in a log', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      textOf('\n', '\r', '\u001b[31m', '\u2028', '\u0085', 'x'),
    )
    fc.assert(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
      fc.property(text, given => !/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(printable(given))),
      CASES,
    )
  })

  test('is undone within its limit, or refused, whatever its coding is called', async () => {
    const codings = textOf(
      'gzip',
      'br',
      'deflate',
      ',',
      ', ',
      'identity',
      'compress',
      '__proto__',
      'constructor',
    )
    await fc.assert(
      fc.asyncProperty(codings, fc.uint8Array({ maxLength: 40 }), async (coding, bytes) => {
        const body = await decodeBody(Buffer.from(bytes), coding, 1000).catch((error: unknown) => error)
        if (/compress|__proto__|constructor/.test(coding)) expect(body).toBeInstanceOf(Error)
        if (!(body instanceof Error)) expect((body as Buffer).length).toBeLessThanOrEqual(1000)
      }),
      CASES,
    )
  })
})

describe('the emulator', () => {
  const core = {
    base: 'http://localhost:4433',
    frontOrigins: [origin],
    config: {
      selfservice: {
        default_browser_return_url: `${origin}/`,
        allowed_return_urls: ['https://*.app.test/', 'https://app.test/deep/'],
      },
    },
  } as unknown as Core

  test('sends nobody to a place that is not listed, as a browser reads it', () => {
    const asked = textOf(
      origin,
      'https://app.test/deep/',
      'https://x.app.test',
      '.app.test',
      ...URL_PIECES,
      'javascript:',
      '\t',
    )
    fc.assert(
      fc.property(asked, returnTo => {
        let target: string
        try {
          target = secureReturnTo(core, { returnTo, source: '/' })
        } catch (error) {
          expect(error).toBeInstanceOf(Problem)
          return
        }
        for (const page of [`${core.base}/x`, 'https://localhost:4000/.ory/x']) {
          if (!URL.canParse(target, page)) continue
          const { origin: led, hostname } = new URL(target, page)
          const ours = [origin, core.base, 'https://app.test'].includes(led) || hostname.endsWith('.app.test')
          expect([target, led, ours]).toEqual([target, led, true])
        }
      }),
      { ...CASES, examples: [['https://evil.example\\.app.test/'], ['https://evil.example\t.app.test/']] },
    )
  })

  test('reads every JSON as it is, and says what is wrong with the rest', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const decoded = decodeJson(JSON.stringify(value))
        expect(decoded).toHaveProperty('value', JSON.parse(JSON.stringify(value)))
      }),
      CASES,
    )
    fc.assert(
      fc.property(textOf('{', '}', '[', ']', '"', ':', ',', '\\u', 'null', '1e9', '-', '\u0000'), text => {
        const decoded = decodeJson(text)
        expect('value' in decoded || typeof decoded.error === 'string').toBe(true)
      }),
      CASES,
    )
  })
})

test('rewriting takes time in proportion to the text', () => {
  // Counted, not timed: a pattern that backtracks would not come back from any of these.
  const unit = [
    'http://127.0.0.1:4433',
    'http:',
    'http://127.0.0.1',
    'http:\\/\\/',
    '%3A%2F%2F',
    'http://127.0.0.1:4433%',
  ]
  for (const piece of unit) {
    const long = piece.repeat(200_000)
    expect(rewriteText(long, pattern, rewriting).length).toBeGreaterThan(0)
  }
  const deep = `${'{"a":'.repeat(100_000)}"http://127.0.0.1:4433/x"${'}'.repeat(100_000)}`
  expect(rewriteText(deep, pattern, rewriting)).toContain(`"${origin}/.ory/x"`)
})
