import { defineConfig } from '@playwright/test'

const port = Number(process.env.PORT ?? 5174)
const baseURL = `http://localhost:${port}`

export default defineConfig({
  testDir: 'e2e',
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  reporter: process.env.CI ? 'line' : 'list',
  use: {
    baseURL,
    launchOptions: {
      ...(process.env.CHROMIUM_PATH && { executablePath: process.env.CHROMIUM_PATH, args: ['--no-sandbox'] }),
    },
  },
  webServer: { command: 'npx vite', url: baseURL, reuseExistingServer: !process.env.CI },
})
