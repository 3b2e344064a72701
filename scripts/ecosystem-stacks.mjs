// The rows of docs/compatibility.md for dev servers with static pages: each with the packed package.
import { readFileSync } from 'node:fs'

export const STACK_TESTS = 'faces/stacks'

/** Folders of test/stacks, how people call what is in them, and the package whose version counts. */
const STACKS = [
  ['angular', 'Angular CLI', '@angular/cli', 'the command'],
  ['create-react-app', 'Create React App', 'react-scripts', '`src/setupProxy.js`'],
  ['vue-cli', 'Vue CLI', '@vue/cli-service', '`withOry`'],
  ['storybook-vite', 'Storybook, Vite builder', 'storybook', '`ory()`'],
  ['docusaurus', 'Docusaurus', '@docusaurus/core', '`withOry`'],
  ['quasar', 'Quasar', '@quasar/app-vite', '`ory()`'],
  ['storybook-webpack', 'Storybook, webpack builder', 'storybook', '`.storybook/middleware.js`'],
  ['ember', 'Ember, with Vite', 'ember-source', '`ory()`'],
]

/** @param tests what Vitest's JSON says of each test */
export function stackTable(tests) {
  const rows = STACKS.map(([folder, name, packageName, from]) => {
    const lock = JSON.parse(readFileSync(`test/stacks/${folder}/package-lock.json`, 'utf8'))
    const { version } = lock.packages[`node_modules/${packageName}`]
    const own = tests.filter(({ ancestorTitles }) => ancestorTitles.join() === `the stack ${folder}`)
    const passed = own.filter(({ status }) => status === 'passed').length
    const works = own.length > 0 && passed === own.length ? 'works' : '**does not**'
    return `| ${name} | ${version} | ${from} | ${works} | ${passed} of ${own.length} |`
  })
  return `| dev server with static pages, from the packed package | version | Ory comes from | result | tests passed |
|---|---|---|---|---|
${rows.join('\n')}

Here a backend behind the dev server's own proxy takes the page's place, requests and WebSockets alike: no header that a
client wrote arrives there, a JWT that \`/.ory/jwks.json\` verifies does. An edit shows in the open page by a WebSocket of
the page's own origin, by an event stream of it in Storybook's webpack builder.`
}
