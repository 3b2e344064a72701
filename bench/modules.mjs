import { start, startCli } from './_processes.mjs'
import { COOKIE } from './_signed-in.mjs'
import { inTurns, median, promise, shown } from './_stats.mjs'
import { clearCache, generateApp, launchChromium, openInChromium } from './vite.mjs'

const ROUNDS = 7
const OURS = 'through the command, HTTPS with HTTP/2'
const DIRECT = 'the dev server directly'

/** A page of 1,000 modules in Chromium, signed in: Vite alone, and behind the command as it is by default. */
export async function modules() {
  const root = generateApp()
  const [ory, browser] = await Promise.all([start('sides/ory.mjs'), launchChromium()])
  const sides = { [OURS]: url => startCli(url, ['--sdk-url', ory.url], { https: true }), [DIRECT]: undefined }
  const measure = async front => {
    clearCache(root)
    const server = await start('sides/vite.mjs', { root })
    const entry = await front?.(server.url)
    const { url } = entry ?? server
    const cold = await openInChromium(browser, url, COOKIE)
    const warm = await openInChromium(browser, url, COOKIE)
    await Promise.all([entry?.close(), server.close()])
    return { cold, warm }
  }
  for (const front of Object.values(sides)) await measure(front) // files into the system's cache
  const rounds = await inTurns(ROUNDS, sides, measure)
  await Promise.all([browser.close(), ory.close()])
  const of = (name, key) => rounds[name].map(round => round[key])
  const ratio = key => median(of(OURS, key).map((value, i) => value / of(DIRECT, key)[i]))
  return {
    title: 'A page of 1,000 modules through the command',
    how: `${ROUNDS} rounds, fresh servers for each; milliseconds until Chromium has run all modules, in a context without a cache`,
    table: {
      columns: ['', 'the first page, ms', 'the second, ms'],
      rows: [
        ...Object.keys(sides).map(name => [name, shown(of(name, 'cold')), shown(of(name, 'warm'))]),
        ['ratio', ratio('cold').toFixed(3), ratio('warm').toFixed(3)],
      ],
    },
    promises: [
      promise(
        '1,000 modules in Chromium through the command, against directly',
        '<= 1.0',
        ratio('cold'),
        '×',
      ),
    ],
  }
}
