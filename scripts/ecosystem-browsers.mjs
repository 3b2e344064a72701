// The browsers of docs/compatibility.md: sign in, JWT, settings and sign out in each engine.
export const BROWSER_TESTS = 'test/e2e/engines.test.ts'

const ENGINES = { chromium: 'Chromium', firefox: 'Firefox (firefox-esr)', webkit: 'WebKit (WebKitGTK)' }

/** One row an engine, from the titles of the tests. */
export function browserTable(tests) {
  const cell = (engine, scheme) => {
    const own = tests.filter(({ title }) => title.startsWith(`in ${engine} over ${scheme} `))
    return own.length > 0 && own.every(({ status }) => status === 'passed') ? 'works' : '**does not**'
  }
  const rows = Object.entries(ENGINES).map(
    ([engine, name]) => `| ${name} | ${cell(engine, 'http')} | ${cell(engine, 'https')} |`,
  )
  return `| browser: sign in, JWT, settings, sign out | http://localhost | https://localhost |\n|---|---|---|\n${rows.join('\n')}`
}
