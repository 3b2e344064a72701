import { expect, test } from 'vitest'
import { editConfig, type Insertion } from '../../src/init/edit-config.js'

const VITE: Insertion = { name: 'ory', from: 'ory-proxy/vite', property: 'plugins' }
const WEBPACK: Insertion = { name: 'withOry', from: 'ory-proxy/webpack', property: 'devServer' }

test.for<[title: string, insertion: Insertion, before: string, after: string]>([
  [
    'a list on one line',
    VITE,
    `import { defineConfig } from 'vite'\nimport react from '@vitejs/plugin-react'\n\nexport default defineConfig({ plugins: [react()] })\n`,
    `import { defineConfig } from 'vite'\nimport react from '@vitejs/plugin-react'\nimport { ory } from 'ory-proxy/vite'\n\nexport default defineConfig({ plugins: [react(), ory()] })\n`,
  ],
  [
    'a list over several lines, with double quotes and semicolons',
    VITE,
    `import vue from "@vitejs/plugin-vue";\nexport default {\n  plugins: [\n    vue(),\n  ],\n};\n`,
    `import vue from "@vitejs/plugin-vue";\nimport { ory } from "ory-proxy/vite";\nexport default {\n  plugins: [\n    vue(),\n    ory(),\n  ],\n};\n`,
  ],
  [
    'an empty list',
    VITE,
    `export default { plugins: [] }`,
    `import { ory } from 'ory-proxy/vite'\n\nexport default { plugins: [ory()] }`,
  ],
  [
    'an empty object',
    VITE,
    `export default {}`,
    `import { ory } from 'ory-proxy/vite'\n\nexport default { plugins: [ory()] }`,
  ],
  [
    'no list at all',
    VITE,
    `export default {\n  server: { port: 3000 },\n}\n`,
    `import { ory } from 'ory-proxy/vite'\n\nexport default {\n  plugins: [ory()],\n  server: { port: 3000 },\n}\n`,
  ],
  [
    'a function that returns the object',
    VITE,
    `import { defineConfig } from 'vite'\nexport default defineConfig(({ mode }) => {\n  const base = mode\n  return { base, plugins: [a()] }\n})\n`,
    `import { defineConfig } from 'vite'\nimport { ory } from 'ory-proxy/vite'\nexport default defineConfig(({ mode }) => {\n  const base = mode\n  return { base, plugins: [a(), ory()] }\n})\n`,
  ],
  [
    'a constant with a type',
    VITE,
    `import type { UserConfig } from 'vite'\nconst config = { plugins: [a()] } satisfies UserConfig\nexport default config\n`,
    `import type { UserConfig } from 'vite'\nimport { ory } from 'ory-proxy/vite'\nconst config = { plugins: [a(), ory()] } satisfies UserConfig\nexport default config\n`,
  ],
  [
    'Windows line ends',
    VITE,
    `import a from 'a'\r\nexport default {\r\n  plugins: [\r\n    a()\r\n  ]\r\n}\r\n`,
    `import a from 'a'\r\nimport { ory } from 'ory-proxy/vite'\r\nexport default {\r\n  plugins: [\r\n    a(),\r\n    ory()\r\n  ]\r\n}\r\n`,
  ],
  [
    'CommonJS',
    WEBPACK,
    `const path = require("path");\n\nmodule.exports = {\n  devServer: { port: 3000 },\n};\n`,
    `const path = require("path");\nconst { withOry } = require("ory-proxy/webpack");\n\nmodule.exports = {\n  devServer: withOry({ port: 3000 }),\n};\n`,
  ],
  [
    'webpack without a devServer',
    WEBPACK,
    `module.exports = { entry: './a.js' }\n`,
    `const { withOry } = require('ory-proxy/webpack')\n\nmodule.exports = { devServer: withOry({}), entry: './a.js' }\n`,
  ],
])('%s gets our plugin, and every other character stays', ([, insertion, before, after]) => {
  expect(editConfig(before, insertion)).toBe(after)
})

test.for([
  ['a list that is computed', `export default { plugins: plugins.concat(a()) }`],
  ['a configuration that is computed', `export default merge(base, { plugins: [] })`],
  [
    'two ways out of the function',
    `export default ({ mode }) => { if (mode) return { plugins: [] }\n return {} }`,
  ],
  ['nothing exported', `console.log('hello')`],
  ['no JavaScript', `export default {`],
  ['an empty file', ''],
])('%s is left alone', ([, source]) => {
  expect(editConfig(source!, VITE)).toBeUndefined()
})
