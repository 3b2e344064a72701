import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { freePort } from '../_faces.js'

/** An example, started as its `npm start` does. */
export interface Example {
  readonly url: string
  close(): Promise<void>
}

/** Starts `examples/<name>/start.js` on free ports and waits until its page answers. */
export async function startExample(name: string): Promise<Example> {
  const [port, appPort] = [await freePort(), await freePort()]
  const file = fileURLToPath(new URL(`../../examples/${name}/start.js`, import.meta.url))
  const env = {
    ...process.env,
    PORT: String(port),
    APP_PORT: String(appPort),
    CI: 'true',
  }
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  const url = `http://localhost:${port}`
  const close = (): Promise<void> =>
    new Promise(resolve => {
      if (child.exitCode !== null) return resolve()
      child.once('exit', () => resolve())
      child.kill('SIGTERM')
    })
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`examples/${name} ended with ${child.exitCode}:\n${output}`)
    const answer = await fetch(url).catch(() => undefined)
    if (answer?.ok) return { url, close }
    await new Promise(resolve => setTimeout(resolve, 100))
  }
  await close()
  throw new Error(`examples/${name} did not answer:\n${output}`)
}
