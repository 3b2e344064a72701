import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import connect from 'connect'
import { afterEach, describe, expect, test } from 'vitest'
import { createOryMiddleware, type OryMiddleware, type OryOptions, silentLogger } from '../../src/index.js'
import { rawRequest } from '../_raw.js'

let middleware: OryMiddleware
let server: Server

afterEach(async () => {
  server.closeAllConnections()
  await middleware.close()
  await new Promise(resolve => server.close(resolve))
})

async function started(options: OryOptions = {}): Promise<string> {
  middleware = await createOryMiddleware({ sdkUrl: 'http://127.0.0.1:9', logger: silentLogger, ...options })
  server = createServer(connect().use(middleware))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return `http://localhost:${(server.address() as AddressInfo).port}`
}

/** Where a browser comes back to after it followed the redirect. */
async function wayBack(url: string, query = '', headers: string[] = []): Promise<string | null> {
  const { status, head } = await rawRequest(url, `/.ory/init/login${query}`, { headers })
  expect(status).toBe(303)
  const location = /^location: (.*)$/im.exec(head)![1]!.trim()
  expect(new URL(location, url).origin).toBe(url)
  return new URL(location, url).searchParams.get('return_to')
}

const FOREIGN = [
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '\u0001//evil.example',
  'http:evil.example',
  'http:/\\evil.example',
  'https:///evil.example',
  'HTTP://EVIL.EXAMPLE',
  'http://evil.example',
  'http://localhost@evil.example',
  'http://me:pw@localhost/',
  'http://evil.example#@localhost/',
  'http://evil.example?@localhost/',
  'http://evil.example\\@localhost/',
  'http://localhost.evil.example/',
  'http://xn--localhost-.example/',
  'http://evil\u3002example',
  'javascript:alert(1)',
  'java\tscript:alert(1)',
  'data:text/html,x',
  'blob:http://localhost/x',
  'http://[::1',
  'nonsense',
]

describe('return_to of /.ory/init', () => {
  test.for(FOREIGN)('%j leads home instead', async address => {
    const url = await started()
    const own = address.replaceAll('localhost', new URL(url).host)
    expect(await wayBack(url, `?return_to=${encodeURIComponent(own)}`)).toBe(`${url}/`)
  })

  test.for([
    ['/deep?x=1#y', '/deep?x=1#y'],
    ['/a/../b', '/b'],
    ['/%2f%2fevil.example', '/%2f%2fevil.example'],
    ['/x?return_to=http://evil.example', '/x?return_to=http://evil.example'],
  ])('%s is a page of the app', async ([path, page]) => {
    const url = await started()
    expect(await wayBack(url, `?return_to=${encodeURIComponent(path!)}`)).toBe(url + page)
    expect(await wayBack(url, `?return_to=${encodeURIComponent(url + path)}`)).toBe(url + page)
  })

  test.for(['/.ory/self-service/logout', '/.ory/ui/login', '/x/../.ory/ui/login'])(
    '%s would lead back into a flow',
    async path => {
      const url = await started()
      expect(await wayBack(url, `?return_to=${encodeURIComponent(path)}`)).toBe(`${url}/`)
    },
  )

  test('comes before the Referer', async () => {
    const url = await started()
    expect(await wayBack(url, '?return_to=%2Fasked', [`Referer: ${url}/came-from`])).toBe(`${url}/asked`)
    expect(await wayBack(url, '?return_to=%2F%2Fevil.example', [`Referer: ${url}/came-from`])).toBe(
      `${url}/came-from`,
    )
  })
})

describe('the Referer', () => {
  // What cannot stand in a header field is refused before anybody reads it.
  const referers = FOREIGN.filter(address => /^[\t\x20-\x7e]*$/.test(address) && address === address.trim())
  test.for(referers)('%j leads home instead', async address => {
    const url = await started()
    const own = address.replaceAll('localhost', new URL(url).host)
    expect(await wayBack(url, '', [`Referer: ${own}`])).toBe(`${url}/`)
  })

  test('of another name of this machine is not our page', async () => {
    const url = await started()
    const other = url.replace('localhost', '127.0.0.1')
    expect(await wayBack(url, '', [`Referer: ${other}/x`])).toBe(`${url}/`)
  })

  test('of a listed origin is', async () => {
    const url = await started({ allowedCorsOrigins: ['https://app.test', 'https://*.shop.test'] })
    expect(await wayBack(url, '', ['Referer: https://app.test/deep'])).toBe('https://app.test/deep')
    expect(await wayBack(url, '', ['Referer: https://a.shop.test/deep'])).toBe('https://a.shop.test/deep')
    expect(await wayBack(url, '', ['Referer: https://app.test.evil.example/'])).toBe(`${url}/`)
    expect(await wayBack(url, '', ['Referer: https://evil.example/.shop.test'])).toBe(`${url}/`)
  })
})

test('with a public address, that is where home is', async () => {
  const url = await started({ publicUrl: 'https://app.example:8443/' })
  const answer = async (referer: string): Promise<string> => {
    const { head } = await rawRequest(url, '/.ory/init/login', { headers: [`Referer: ${referer}`] })
    return new URL(/^location: (.*)$/im.exec(head)![1]!.trim(), url).searchParams.get('return_to')!
  }
  expect(await answer(`${url}/x`)).toBe('https://app.example:8443/')
  expect(await answer('https://app.example:8443/x')).toBe('https://app.example:8443/x')
})
