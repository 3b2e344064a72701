// The emulator alone; says how long it took to be ready, its import included, and what memory that added.
globalThis.gc?.()
const before = process.memoryUsage.rss()
const started = performance.now()
const { startEmulator } = await import('../../dist/emulator/index.js')
const emulator = await startEmulator({ adminPort: false })
const ready = performance.now() - started
globalThis.gc?.()
process.send({
  url: emulator.url,
  ready,
  memory: process.memoryUsage.rss() - before,
  people: emulator.people,
})
