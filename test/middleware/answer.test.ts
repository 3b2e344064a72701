import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { OryProxyError } from '../../src/errors.js'
import { answerError } from '../../src/middleware/answer.js'

async function pageOf(error: unknown): Promise<string> {
  const server = createServer((req, res) => answerError(req, res, error))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const response = await fetch(`http://127.0.0.1:${port}/`, { headers: { accept: 'text/html' } })
  const text = await response.text()
  await new Promise(resolve => server.close(resolve))
  return text
}

test('what a message quotes is text on our page, not markup', async () => {
  const page = await pageOf(new OryProxyError('ORY_PROXY_BAD_REQUEST', `<script>alert("1")</script>&amp;'`))
  expect(page).toContain('&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;amp;')
  expect(page).not.toContain('<script')
})

test('what we did not foresee is not for the client to read', async () => {
  const page = await pageOf(new Error('secret at /home/ada/app.js'))
  expect(page).toContain('ORY_PROXY_INTERNAL')
  expect(page).not.toMatch(/secret|ada/)
})
