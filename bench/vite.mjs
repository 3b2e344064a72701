import assert from 'node:assert/strict'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { ensureBrowser } from '../scripts/ensure-browser.mjs'
import { scratch, start } from './_processes.mjs'
import { COOKIE } from './_signed-in.mjs'
import { inTurns, median, promise, shown } from './_stats.mjs'

const ROUNDS = 5
const MODULES = 1000
const SUM = (MODULES * (MODULES - 1)) / 2
const WITH = 'Vite with ory-proxy'
const ALONE = 'Vite alone'

/** A page of 1,000 modules, as Vite serves it with us and alone. */
export async function vite() {
  const root = generateApp()
  const ory = await start('sides/ory.mjs')
  const browser = await launchChromium()
  const sides = { [WITH]: { root, sdkUrl: ory.url }, [ALONE]: { root } }
  for (const side of Object.values(sides)) await oneRound(side, browser, ory) // files into the system's cache
  const rounds = await inTurns(ROUNDS, sides, side => oneRound(side, browser, ory))
  await Promise.all([browser.close(), ory.close()])
  return report(rounds)
}

export async function launchChromium() {
  return chromium.launch({
    executablePath: await ensureBrowser(),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--ignore-certificate-errors'],
  })
}

/** An entry that imports 999 modules and adds up what they export. */
export function generateApp() {
  const root = join(scratch, 'site')
  mkdirSync(join(root, 'src'), { recursive: true })
  const numbers = Array.from({ length: MODULES - 1 }, (_, i) => i + 1)
  for (const i of numbers) writeFileSync(join(root, `src/m${i}.js`), `export default ${i}\n`)
  const imports = numbers.map(i => `import m${i} from './m${i}.js'`).join('\n')
  const sum = numbers.map(i => `m${i}`).join('+')
  writeFileSync(join(root, 'src/main.js'), `${imports}\ndocument.title = String(${sum})\n`)
  writeFileSync(
    join(root, 'index.html'),
    '<!doctype html><title>…</title><script type="module" src="/src/main.js"></script>',
  )
  return root
}

/** Cold in a fresh server for each kind of client; then once more, warm. */
async function oneRound(options, browser, ory) {
  const signedIn = await inFreshServer(options, async url => {
    await ory.ask({ count: true })
    const cold = await openInChromium(browser, url, COOKIE)
    const { asked } = await ory.ask({ count: true })
    return { cold, asked, warm: await openInChromium(browser, url, COOKIE) }
  })
  const plain = await inFreshServer(options, async url => {
    await ory.ask({ count: true })
    const cold = await loadPlainly(url)
    const { asked } = await ory.ask({ count: true })
    return { cold, asked, warm: await loadPlainly(url) }
  })
  return { signedIn, plain }
}

/** What Vite keeps between two starts. */
export function clearCache(root) {
  rmSync(join(root, 'node_modules/.vite'), { recursive: true, force: true })
}

async function inFreshServer(options, measure) {
  clearCache(options.root)
  const server = await start('sides/vite.mjs', options)
  try {
    return await measure(server.url)
  } finally {
    await server.close()
  }
}

/** Milliseconds until the page has run all of its modules. */
export async function openInChromium(browser, url, cookie) {
  const context = await browser.newContext({ extraHTTPHeaders: { cookie } })
  const page = await context.newPage()
  const started = performance.now()
  await page.goto(url, { waitUntil: 'commit' })
  await page.waitForFunction(sum => document.title === sum, String(SUM), { polling: 'raf' })
  const took = performance.now() - started
  await context.close()
  return took
}

/** Milliseconds to fetch the page and every module over six connections, anonymously, as a browser would. */
async function loadPlainly(url) {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 })
  const read = path =>
    new Promise((resolve, reject) => {
      get(url + path, { agent }, response => {
        let text = ''
        response.setEncoding('utf8').on('data', chunk => {
          text += chunk
        })
        response.on('end', () => resolve(text))
      }).on('error', reject)
    })
  const started = performance.now()
  assert.match(await read('/'), /src="\/src\/main\.js"/)
  const paths = [...(await read('/src/main.js')).matchAll(/from "(\/src\/m\d+\.js)"/g)].map(
    ([, path]) => path,
  )
  const bodies = await Promise.all(paths.map(read))
  const took = performance.now() - started
  agent.destroy()
  const numbers = bodies.map(body => Number(/export default (\d+)/.exec(body)?.[1]))
  assert.equal(
    numbers.reduce((sum, number) => sum + number, 0),
    SUM,
  )
  return took
}

function report(rounds) {
  const of = (name, kind, key) => rounds[name].map(round => round[kind][key])
  const ratio = (kind, key) => median(of(WITH, kind, key).map((value, i) => value / of(ALONE, kind, key)[i]))
  const columns = [
    ['signedIn', 'cold'],
    ['signedIn', 'warm'],
    ['plain', 'cold'],
    ['plain', 'warm'],
  ]
  return {
    title: 'A page of 1,000 modules in Vite',
    how: `${ROUNDS} rounds, a fresh server for each cold load; milliseconds until all modules have run or arrived`,
    table: {
      columns: ['', 'Chromium, cold', 'Chromium, warm', 'plain client, cold', 'plain client, warm'],
      rows: [
        ...[WITH, ALONE].map(name => [name, ...columns.map(column => shown(of(name, ...column)))]),
        ['ratio', ...columns.map(column => ratio(...column).toFixed(3))],
      ],
    },
    promises: [
      promise('cold load in Chromium, with us against without', '<= 1.05', ratio('signedIn', 'cold'), '×'),
      promise('cold load by a plain client', '<= 1.05', ratio('plain', 'cold'), '×'),
      promise('warm load by a plain client', '<= 1.15', ratio('plain', 'warm'), '×'),
      promise('whoami calls of a cold page, signed in', '= 1', Math.max(...of(WITH, 'signedIn', 'asked'))),
      promise(
        'whoami calls of a cold page, nobody signed in',
        '= 0',
        Math.max(...of(WITH, 'plain', 'asked')),
      ),
    ],
    bars: {
      title: 'Cold load of 1,000 modules in Chromium, ms',
      bars: [WITH, ALONE].map(name => ({
        label: name,
        value: median(of(name, 'signedIn', 'cold')),
        ours: name === WITH,
      })),
    },
  }
}
