// Somebody who signs in as a browser does, without one: follows redirects, keeps cookies, sends the form of the page.
import { Agent, fetch } from 'undici'

/** @param ca what it trusts besides the system, PEM */
export function createVisitor(ca) {
  const dispatcher = new Agent({ connect: { ca } })
  const jar = new Map()

  async function once(url, init) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html', cookie, ...init.headers }
    const answer = await fetch(url, { ...init, headers, redirect: 'manual', dispatcher })
    for (const line of answer.headers.getSetCookie()) keep(jar, line)
    return answer
  }

  async function open(url, init = {}) {
    const answer = await once(url, init)
    const location = answer.headers.get('location')
    if (answer.status >= 300 && answer.status < 400 && location) {
      await answer.body?.cancel()
      return open(new URL(location, url))
    }
    return { url: String(url), status: answer.status, text: await answer.text() }
  }

  return { open, signIn: origin => signIn(open, origin), close: () => dispatcher.close() }
}

function keep(jar, line) {
  const [, name, value] = /^([^=]+)=([^;]*)/.exec(line)
  if (value === '') jar.delete(name)
  else jar.set(name, value)
}

/** By the link and with the form that people use, as one of the two who are there. */
async function signIn(open, origin) {
  const page = await open(`${origin}/.ory/init/login`)
  const [form] = /<form[^>]*>(?:(?!<\/form>)[\s\S])*name="?password\b[\s\S]*?<\/form>/.exec(page.text) ?? []
  if (form === undefined) throw new Error(`no form at ${page.url} (${page.status})`)
  const fields = {
    csrf_token: inputValue(form, 'csrf_token'),
    identifier: 'alice@example.com',
    password: 'ory-dev-password',
    method: 'password',
  }
  const landed = await open(new URL(attribute(form, 'action'), page.url), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', origin },
    body: new URLSearchParams(fields).toString(),
  })
  if (new URL(landed.url).origin !== origin) throw new Error(`signing in ended at ${landed.url}`)
}

const text = value => value.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"')

function attribute(tag, name) {
  const found = new RegExp(`\\b${name}="([^"]*)"`).exec(tag)
  if (found === null) throw new Error(`no ${name} in ${tag.slice(0, 200)}`)
  return text(found[1])
}

function inputValue(form, field) {
  const inputs = form.match(/<input[^>]*>/g) ?? []
  return attribute(inputs.find(input => input.includes(`name="${field}"`)) ?? '', 'value')
}
