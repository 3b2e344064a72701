import { createServer } from 'vite'

const vite = await createServer({ root: import.meta.dirname })
await vite.listen()
vite.printUrls()
