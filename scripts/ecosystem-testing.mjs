// The rows of docs/compatibility.md for docs/testing.md: its recipes, each in a fresh project with the packed package.
import { readFileSync } from 'node:fs'

export const TESTING_TESTS = 'test/testing/recipes.test.ts'

const SUITE = 'the testing recipe for'

/** Titles in the tests, what people call it, and the package whose version counts. */
const RECIPES = [
  ['Playwright, vite', 'Playwright, against [Vite](testing.md#playwright)', '@playwright/test'],
  ['Playwright, next', 'Playwright, against [Next.js behind the command](testing.md#nextjs)', 'next'],
  ['Playwright, webpack', 'Playwright, against [webpack](testing.md#webpack)', 'webpack-dev-server'],
  ['Vitest, hono', 'Vitest, [Hono](testing.md#hono)', 'vitest'],
  ['Vitest, express', 'Vitest, [Express](testing.md#express)', 'express'],
  ['Vitest, fastify', 'Vitest, [Fastify](testing.md#fastify)', 'fastify'],
  ['Vitest, browser mode', '[Vitest’s browser mode](testing.md#vitests-browser-mode)', '@vitest/browser'],
  ['node:test', '[node:test](testing.md#nodetest)', undefined],
  ['Jest', '[Jest](testing.md#jest)', 'jest'],
  ['HTTP, in curl', '[HTTP](testing.md#over-http-from-any-language), in curl', undefined],
  ['Cypress, type-checked', '[Cypress](testing.md#cypress), type-checked only', 'cypress'],
]

/** @param tests what Vitest's JSON says of each test */
export function testingTable(tests) {
  const { packages } = JSON.parse(readFileSync('test/ecosystem/testing/package-lock.json', 'utf8'))
  const rows = RECIPES.map(([title, name, packageName]) => {
    const version = packageName ? packages[`node_modules/${packageName}`].version : process.versions.node
    const own = tests.find(test => test.title === title && test.ancestorTitles.join() === SUITE)
    return `| ${name} | ${version} | ${own?.status === 'passed' ? 'works' : '**does not**'} |`
  })
  return `| recipe for tests, from the packed package | version of the last named | result |
|---|---|---|
${rows.join('\n')}`
}
