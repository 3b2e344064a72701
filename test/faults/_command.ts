import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** `ory-proxy local`, running. */
export interface Command {
  readonly url: string
  readonly child: ChildProcess
  /** All that it said so far. */
  output(): string
  /** Sends a signal and waits; the exit code, or the name of the signal that killed it. */
  end(signal: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

export function startCommand(app: string, ory: string, ...flags: string[]): Promise<Command> {
  const scheme = flags.includes('--dont-install-cert') ? [] : ['--no-https']
  const args = ['local', app, '--sdk-url', ory, '--port', '0', '--no-open', ...scheme, ...flags]
  const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = new Promise<number | NodeJS.Signals | null>(resolve => {
    child.once('exit', (code, signal) => resolve(code ?? signal))
  })
  let output = ''
  return new Promise((resolve, reject) => {
    const command = (url: string): Command => ({
      url,
      child,
      output: () => output,
      end(signal) {
        child.kill(signal)
        return exited
      },
    })
    const hear = (chunk: string): void => {
      output += chunk
      const url = /Open\s+(https?:\S+)/.exec(output)?.[1]
      if (url) resolve(command(url))
    }
    child.stdout.setEncoding('utf8').on('data', hear)
    child.stderr.setEncoding('utf8').on('data', hear)
    void exited.then(code => reject(new Error(`the command ended with ${code}:\n${output}`)))
  })
}
