import { describe, expect, test } from 'vitest'
import {
  oryPattern,
  rewriteCookie,
  rewriteLocation,
  rewriteText,
} from '../../../src/middleware/ory/rewrite.js'

const origin = 'http://localhost:5173'
const kratos = new URL('http://127.0.0.1:4433/')
const rewriting = { ory: kratos, origin, mounted: `${origin}/.ory`, home: `${origin}/` }
const text = (from: string, ory = kratos): string => rewriteText(from, oryPattern(ory), { ...rewriting, ory })

describe('bodies', () => {
  test.for([
    [
      '"http://127.0.0.1:4433/self-service/login?flow=1"',
      '"http://localhost:5173/.ory/self-service/login?flow=1"',
    ],
    ['"http://127.0.0.1:4433"', '"http://localhost:5173/.ory"'],
    ['"http://localhost:4433/x"', '"http://localhost:5173/.ory/x"'],
    ['"http:\\/\\/127.0.0.1:4433\\/x"', '"http:\\/\\/localhost:5173\\/.ory\\/x"'],
    ["<a href='http://127.0.0.1:4433/ui/login'>", "<a href='http://localhost:5173/.ory/ui/login'>"],
    [
      '"http://127.0.0.1:4433/login?return_to=http%3A%2F%2F127.0.0.1%3A4433%2Fsettings"',
      '"http://localhost:5173/.ory/login?return_to=http%3A%2F%2Flocalhost%3A5173%2F.ory%2Fsettings"',
    ],
    [
      '"redirect_browser_to":"http://127.0.0.1:4433/ui/welcome"',
      '"redirect_browser_to":"http://localhost:5173/"',
    ],
  ])('%s becomes %s', ([from, to]) => {
    expect(text(from!)).toBe(to)
  })

  test.for([
    'http%3A%2F%2F127.0.0.1%3A44339%2Fx',
    'http%3A%2F%2F127.0.0.1%3A4433.evil.example',
    'http%3A%2F%2F127.0.0.1%3A4433%40evil.example',
    'http%3A%2F%2F127.0.0.1%3A4433%3A80',
    'http%3A%2F%2F127.0.0.1%3A4433-x',
  ])('%s stays as it is inside an address of Ory', encoded => {
    const inside = (origin: string): string => `"${origin}/login?return_to=${encoded}"`
    expect(text(inside('http://127.0.0.1:4433'))).toBe(inside('http://localhost:5173/.ory'))
  })

  test('the welcome page becomes the app whatever its address is made of', () => {
    const home = 'http://localhost:5173/$&/$1'
    const given = { ...rewriting, home }
    expect(rewriteText('"http://127.0.0.1:4433/ui/welcome"', oryPattern(kratos), given)).toBe(`"${home}"`)
  })

  test.for([
    '"http://127.0.0.1:44339/x"',
    '"http://127.0.0.1:4433.evil.example/x"',
    '"http://127.0.0.1:4433@evil.example/x"',
    '"https://127.0.0.1:4433/x"',
    '"http://127.0.0.2:4433/x"',
    '"https://provider.example/auth?redirect_uri=http%3A%2F%2F127.0.0.1%3A4433%2Fcallback"',
    '{"id":9007199254740993,"b":1,"a":1.0}',
    '{"broken":',
  ])('%s stays as it is', from => {
    expect(text(from)).toBe(from)
  })

  test.for([
    ['"https://localhost:5173/.ory/ui/login"', '"http://localhost:5173/.ory/ui/login"'],
    ['"http://127.0.0.1:5173/.ory"', '"http://localhost:5173/.ory"'],
    ['"https://[::1]:5173/.ory/x"', '"http://localhost:5173/.ory/x"'],
    ['"https:\\/\\/localhost:5173\\/.ory\\/x"', '"http:\\/\\/localhost:5173\\/.ory\\/x"'],
    ['"https://localhost:5173/.ory/ui/welcome"', '"http://localhost:5173/"'],
    ['"http://127.0.0.1:4433/ui/welcome?code=abc"', '"http://localhost:5173/?code=abc"'],
  ])('our own address is written as the person sees it: %s', ([from, to]) => {
    expect(text(from!)).toBe(to)
  })

  test.for([
    '"https://localhost:5173/app"',
    '"https://localhost:5173/.oryx"',
    '"https://localhost:5173/.ory.json"',
    '"https://localhost:5174/.ory/x"',
    '"https://localhost.evil.example:5173/.ory/x"',
    '"https://localhost:5173@evil.example/.ory/x"',
    '"https://evil.example:5173/.ory/x"',
    '"https://localhost/.ory/x"',
  ])('what is not our own address stays: %s', from => {
    expect(text(from)).toBe(from)
  })

  test('a tunnel has no mount that could be found again', () => {
    const from = '"https://localhost:5173/.ory/x"'
    expect(rewriteText(from, oryPattern(kratos), { ...rewriting, mounted: origin })).toBe(from)
  })

  test('a path in front of Ory belongs to its address', () => {
    const ory = new URL('https://auth.example/kratos/')
    expect(text('"https://auth.example/kratos/ui"', ory)).toBe('"http://localhost:5173/.ory/ui"')
    expect(text('"https://auth.example:443/kratos?x"', ory)).toBe('"http://localhost:5173/.ory?x"')
    expect(text('"https://auth.example/other"', ory)).toBe('"https://auth.example/other"')
    expect(text('"https://auth.example/kratosx"', ory)).toBe('"https://auth.example/kratosx"')
  })
})

describe('Location', () => {
  const at = new URL('http://127.0.0.1:4433/self-service/login/browser')
  const location = (from: string, requested = at): string =>
    rewriteLocation(from, requested, oryPattern(kratos), rewriting)

  test.for([
    ['http://127.0.0.1:4433/ui/login?flow=1#x', 'http://localhost:5173/.ory/ui/login?flow=1#x'],
    ['/ui/login?flow=1', 'http://localhost:5173/.ory/ui/login?flow=1'],
    ['../registration/browser', 'http://localhost:5173/.ory/self-service/registration/browser'],
    ['//127.0.0.1:4433/x', 'http://localhost:5173/.ory/x'],
    ['http://127.0.0.1:4433/ui/welcome', 'http://localhost:5173/'],
    ['http://localhost:4433/x', 'http://localhost:5173/.ory/x'],
    ['http://localhost:5173/.ory/ui/welcome', 'http://localhost:5173/'],
    ['http://127.0.0.1:4433/ui/welcome?code=abc', 'http://localhost:5173/?code=abc'],
    ['http://localhost:5173/.ory/ui/welcome?code=abc', 'http://localhost:5173/?code=abc'],
    ['https://localhost:5173/.ory/ui/login?flow=1', 'http://localhost:5173/.ory/ui/login?flow=1'],
    [
      'http://127.0.0.1:4433/ui/login?return_to=http%3A%2F%2F127.0.0.1%3A4433%2Fx',
      'http://localhost:5173/.ory/ui/login?return_to=http%3A%2F%2Flocalhost%3A5173%2F.ory%2Fx',
    ],
  ])('%s becomes %s', ([from, to]) => {
    expect(location(from!)).toBe(to)
  })

  test.for([
    'https://provider.example/auth?redirect_uri=http%3A%2F%2F127.0.0.1%3A4433%2Fcallback',
    'http://127.0.0.1:4433@evil.example/',
    'http://user:pw@127.0.0.1:4433/',
    'http://127.0.0.1:44339/',
    '//evil.example/',
    '/\\evil.example/',
    'http://localhost:5173/deep',
    'http://[broken',
    'myapp://callback',
  ])('%s stays as it is', from => {
    expect(location(from)).toBe(from)
  })

  test('what lies beside the path prefix of Ory is not Ory', () => {
    const ory = new URL('https://auth.example/kratos')
    const pattern = oryPattern(ory)
    const requested = new URL('https://auth.example/kratos/x')
    const at = (from: string): string => rewriteLocation(from, requested, pattern, { ...rewriting, ory })
    expect(at('/kratos/ui/login')).toBe('http://localhost:5173/.ory/ui/login')
    expect(at('/elsewhere')).toBe('/elsewhere')
  })
})

describe('Set-Cookie', () => {
  const https = { ...rewriting, origin: 'https://localhost:4000' }
  test.for([
    [
      'a=1; Path=/; HttpOnly; SameSite=Lax',
      'a=1; Path=/; HttpOnly; SameSite=Lax',
      'a=1; Path=/; HttpOnly; SameSite=Lax',
    ],
    ['a=1; Domain=ory.example; Path=/', 'a=1; Path=/', 'a=1; Path=/'],
    ['a=1; domain = .ory.example', 'a=1', 'a=1'],
    ['a=1; Secure; SameSite=None', 'a=1; SameSite=Lax', 'a=1; Secure; SameSite=None'],
    [
      'a=1; SECURE; samesite=none; Partitioned',
      'a=1; SameSite=Lax',
      'a=1; SECURE; samesite=none; Partitioned',
    ],
    ['a=1; SameSite=Strict; Secure', 'a=1; SameSite=Strict', 'a=1; SameSite=Strict; Secure'],
    ['a=x=y; Max-Age=0', 'a=x=y; Max-Age=0', 'a=x=y; Max-Age=0'],
    ['__Host-a=1; Path=/; Secure', '__Host-a=1; Path=/; Secure', '__Host-a=1; Path=/; Secure'],
    ['__Secure-a=1; Secure; Domain=x', '__Secure-a=1; Secure', '__Secure-a=1; Secure'],
    ['domain=1; Path=/', 'domain=1; Path=/', 'domain=1; Path=/'],
  ])('%s', ([from, plain, secure]) => {
    expect(rewriteCookie(from!, rewriting)).toBe(plain)
    expect(rewriteCookie(from!, https)).toBe(secure)
  })

  test('a cookie domain of ours takes the place of the one of Ory', () => {
    const cookieDomain = 'app.test'
    expect(rewriteCookie('a=1; Domain=ory.example', { ...rewriting, cookieDomain })).toBe(
      'a=1; Domain=app.test',
    )
    expect(rewriteCookie('__Host-a=1; Secure', { ...rewriting, cookieDomain })).toBe('__Host-a=1; Secure')
  })
})
