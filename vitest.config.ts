import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [
      '**/node_modules/**',
      'test/frameworks/**',
      'test/stacks/**',
      'test/nodes/**',
      'test/**/fixtures/**',
      // Stacks, clients in other languages, and recipes for runners in a project of their own, are for `npm run test:ecosystem`.
      ...(process.env['ORY_PROXY_ECOSYSTEM'] === 'all'
        ? []
        : [
            'test/emulator/{sdks,nextjs}.test.ts',
            'test/testing/recipes.test.ts',
            'test/faces/stacks.test.ts',
            'test/export/kubernetes.test.ts',
            'test/packed/**',
          ]),
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 10_000 } }, // a busy machine is no failure
    pool: 'forks',
    maxWorkers: 2,
    reporters: ['default'],
  },
})
