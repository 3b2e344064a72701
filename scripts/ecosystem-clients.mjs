// The rows of docs/compatibility.md for Ory's own clients and components, which meet the emulator.
import { readFileSync } from 'node:fs'

export const CLIENT_TESTS = [
  'emulator/sdks',
  'emulator/nextjs',
  'emulator/real-clients',
  'e2e/elements',
  'e2e/another-port',
  'e2e/express',
  'e2e/mobile',
]

const installed = (folder, name) =>
  JSON.parse(readFileSync(`${folder}/node_modules/${name}/package.json`, 'utf8')).version.replace(/^v/, '')
const written = (file, pattern) => pattern.exec(readFileSync(file, 'utf8'))[1]
const SDKS = 'test/emulator/sdks.test.ts'

/** What people call it, its version, and the whole titles of its tests. */
const CLIENTS = () => [
  [
    '`@ory/client-fetch`',
    installed('.', '@ory/client-fetch'),
    /^(FrontendApi|IdentityApi|CourierApi|MetadataApi)/,
  ],
  [
    '`@ory/client-fetch` in a page on another port, by CORS',
    installed('.', '@ory/client-fetch'),
    /^an app on another port/,
  ],
  [
    '`@ory/client-fetch` in an Express server: `toSession` with the cookie',
    installed('.', '@ory/client-fetch'),
    /^an Express server/,
  ],
  [
    '`@ory/client-fetch` in a mobile app: session token, exchange of codes',
    installed('.', '@ory/client-fetch'),
    /^a mobile app/,
  ],
  ['`@ory/elements-react`', installed('.', '@ory/elements-react'), /Ory Elements/],
  [
    '`@ory/nextjs`, with its middleware or behind the command',
    installed('test/frameworks/nextjs', '@ory/nextjs'),
    /^@ory\/nextjs/,
  ],
  [
    'Python, `ory-kratos-client`',
    written('test/ecosystem/sdks/requirements.txt', /==(\S+)/),
    /another language Python/,
  ],
  ['Go, `github.com/ory/client-go`', written(SDKS, /client-go@v([\d.]+)/), /another language Go/],
  [
    'Java, `sh.ory.kratos:kratos-client`',
    written('test/ecosystem/sdks/java/pom.xml', /client<\/artifactId>\s*<version>(.*)</),
    /another language Java/,
  ],
]

/** @param tests what Vitest's JSON says of each test */
export function clientTable(tests) {
  const rows = CLIENTS().map(([name, version, titles]) => {
    const own = tests.filter(({ fullName }) => titles.test(fullName))
    const passed = own.filter(({ status }) => status === 'passed').length
    const works = own.length > 0 && passed === own.length ? 'works' : '**does not**'
    return `| ${name} | ${version} | ${works} | ${passed} of ${own.length} |`
  })
  return `| Ory's client, with the emulator | version | result | tests passed |
|---|---|---|---|
${rows.join('\n')}`
}
