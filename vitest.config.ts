import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['**/node_modules/**', 'test/frameworks/**', 'test/**/fixtures/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } }, // a busy machine is no failure
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default'],
  },
})
